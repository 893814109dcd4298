import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import { LOG, LOG_FIELDS, RECEIPT, RECEIPT_FIELDS } from '@coffer/evm/receipt-table'
import { addressPlace, isHex, isText, type ToldReceipts, textOf } from '@coffer/evm/told-receipts'
import type { AmongWatched } from '../domain/among-watched.ts'
import type { Log, PlacedLog, Receipt } from '../domain/block.ts'
import { TRANSFER_TOPIC } from '../domain/transfer-log.ts'

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

/** A log that names a receiver: its row, its receipt's, and which of the receipt's it is. */
type NamingLog = { row: number; receipt: number; index: number }

/** The logs that may be transfers of tokens to somebody who is watched. No others are made. */
export function transferLogsTo(told: ToldReceipts, among: AmongWatched): PlacedLog[] {
  const { asked, places } = namingLogs(told)
  return among(told.body, places).flatMap((each) => {
    const { row, receipt, index } = asked[each] as NamingLog
    if (!isTransfer(told, row)) return []
    const txHash = textOf(told, told.receipts[receipt + RECEIPT.transactionHash] ?? 0) as TxHash
    return [{ txHash, index, log: viewOf(LOG_VIEW, { told, row }) }]
  })
}

/** The logs that name a receiver, and where in the body its digits are. */
function namingLogs(told: ToldReceipts): { asked: NamingLog[]; places: number[] } {
  const asked: NamingLog[] = []
  const places: number[] = []
  for (let each = told.from; each < told.to; each++) {
    const receipt = each * RECEIPT_FIELDS
    if (!isText(told, told.receipts[receipt + RECEIPT.status] ?? 0, SUCCEEDED)) continue
    const first = told.receipts[receipt + RECEIPT.logsFrom] ?? 0
    const end = told.receipts[receipt + RECEIPT.logsTo] ?? 0
    for (let log = first; log < end; log++) {
      const row = log * LOG_FIELDS
      const to = told.logs[row + LOG.topicCount] === 3 ? receiverAt(told, row) : -1
      if (to === -1) continue
      asked.push({ row, receipt, index: log - first })
      places.push(to)
    }
  }
  return { asked, places }
}

const SUCCEEDED = '0x1'

const isTransfer = (told: ToldReceipts, row: number) =>
  isHex(told, told.logs[row + LOG.topics] ?? 0, TRANSFER_TOPIC)

const receiverAt = (told: ToldReceipts, row: number) =>
  addressPlace(told, told.logs[row + LOG.topics + 2] ?? 0)

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

/** Lengths of `0x` and the digits of an address and a word. */
const [ADDRESS, WORD] = [42, 66]
