import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import { LOG, LOG_FIELDS, RECEIPT, RECEIPT_FIELDS } from '@coffer/evm/receipt-table'
import { isHex, isText, placeIn, type ToldReceipts, textOf } from '@coffer/evm/told-receipts'
import type { Log, PlacedLog, Receipt } from '../domain/block.ts'
import { TOPIC_PADDING, TRANSFER_TOPIC } from '../domain/transfer-log.ts'

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

/** The logs that may be transfers of tokens to one of `isWatched`. No others are made. */
export function transferLogsTo(
  told: ToldReceipts,
  isWatched: (address: string) => boolean,
): PlacedLog[] {
  const found: PlacedLog[] = []
  for (let receipt = told.from; receipt < told.to; receipt++) {
    const row = receipt * RECEIPT_FIELDS
    if (!isText(told, told.receipts[row + RECEIPT.status] ?? 0, SUCCEEDED)) continue
    const first = told.receipts[row + RECEIPT.logsFrom] ?? 0
    const end = told.receipts[row + RECEIPT.logsTo] ?? 0
    for (let log = first; log < end; log++) {
      const to = receiverAt(told, log * LOG_FIELDS)
      if (to === undefined || !isWatched(to) || !isTransfer(told, log * LOG_FIELDS)) continue
      const txHash = textOf(told, told.receipts[row + RECEIPT.transactionHash] ?? 0) as TxHash
      const view = viewOf(LOG_VIEW, { told, row: log * LOG_FIELDS })
      found.push({ txHash, index: log - first, log: view })
    }
  }
  return found
}

const SUCCEEDED = '0x1'

const isTransfer = (told: ToldReceipts, row: number) =>
  isHex(told, told.logs[row + LOG.topics] ?? 0, TRANSFER_TOPIC)

/** To whom a log is a transfer if it is one; `undefined` where nobody is named. */
function receiverAt(told: ToldReceipts, row: number): string | undefined {
  const { logs, body } = told
  if (logs[row + LOG.topicCount] !== 3) return undefined
  const place = logs[row + LOG.topics + 2] ?? 0
  const first = placeIn(place)
  if (place === 0 || body[first + WORD] !== QUOTE) return undefined
  for (let at = 0; at < TOPIC_PADDING.length; at++) {
    if (((body[first + at] ?? 0) | LOWER) !== TOPIC_PADDING.charCodeAt(at)) return undefined
  }
  const digits = body.toString('latin1', first + TOPIC_PADDING.length, first + WORD)
  return `0x${digits.toLowerCase()}`
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
    return isText(this.told, this.told.receipts[this.row + RECEIPT.status] ?? 0, SUCCEEDED)
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
  textOf(told, told.receipts[row + field] ?? 0, field === RECEIPT.transactionHash ? WORD : ADDRESS)

const logText = ({ told, row }: View, field: number) =>
  textOf(told, told.logs[row + field] ?? 0, field === LOG.address ? ADDRESS : WORD)

/** The bit that tells a letter in lower case, and that all digits have. */
const LOWER = 0x20
const QUOTE = 0x22

/** Lengths of `0x` and the digits of an address and a word. */
const [ADDRESS, WORD] = [42, 66]
