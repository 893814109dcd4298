import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import { LOG, LOG_FIELDS, RECEIPT, RECEIPT_FIELDS } from '@coffer/evm/receipt-table'
import { type ToldReceipts, textOf } from '@coffer/evm/told-receipts'
import type { Log, Receipt } from '../domain/block.ts'

/** Where a receipt or a log is in what a node told. */
type View = { told: ToldReceipts; row: number }

/**
 * Receipts that read themselves, each time anew, out of what a node told: of most of them nobody
 * asks for more than to whom they are, and texts that are never made needn't be cleared away.
 */
export function receiptViews(told: ToldReceipts): Receipt[] {
  const views: Receipt[] = []
  for (let receipt = told.from; receipt < told.to; receipt++) {
    views.push(viewOf(RECEIPT_VIEW, { told, row: receipt * RECEIPT_FIELDS }))
  }
  return views
}

/** With a prototype of accessors, for those of its own would cost more than the texts. */
function viewOf<T extends object>(prototype: T, { told, row }: View): T {
  const view: T & View = Object.create(prototype)
  view.told = told
  view.row = row
  return view
}

const RECEIPT_VIEW: Receipt & ThisType<View> = {
  get txHash() {
    return receiptText(this, RECEIPT.transactionHash) as TxHash
  },
  get from() {
    return receiptText(this, RECEIPT.from)?.toLowerCase() as Address
  },
  get to() {
    return (receiptText(this, RECEIPT.to)?.toLowerCase() ?? null) as Address | null
  },
  get created() {
    return (receiptText(this, RECEIPT.contractAddress)?.toLowerCase() ?? null) as Address | null
  },
  get succeeded() {
    return receiptText(this, RECEIPT.status) === '0x1'
  },
  get logs() {
    const { told, row } = this
    const views: Log[] = []
    const to = told.receipts[row + RECEIPT.logsTo] ?? 0
    for (let log = told.receipts[row + RECEIPT.logsFrom] ?? 0; log < to; log++) {
      views.push(viewOf(LOG_VIEW, { told, row: log * LOG_FIELDS }))
    }
    return views
  },
}

const LOG_VIEW: Log & ThisType<View> = {
  get address() {
    return logText(this, LOG.address)?.toLowerCase() ?? ''
  },
  get topics() {
    const { told, row } = this
    const topics: string[] = []
    for (let topic = 0; topic < (told.logs[row + LOG.topicCount] ?? 0); topic++) {
      topics.push(logText(this, LOG.topics + topic)?.toLowerCase() ?? '')
    }
    return topics
  },
  get data() {
    return logText(this, LOG.data) ?? ''
  },
}

const receiptText = ({ told, row }: View, field: number) =>
  textOf(told, told.receipts[row + field] ?? 0)

const logText = ({ told, row }: View, field: number) => textOf(told, told.logs[row + field] ?? 0)
