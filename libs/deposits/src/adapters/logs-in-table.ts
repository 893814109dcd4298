import { ZERO_ADDRESS } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import { isText, LOGGED, type LogTable, textOf, topicCount } from '@coffer/evm/log-table'
import type { Log, PlacedLog, Receipt } from '../domain/block.ts'
import { TOPIC_PADDING, TRANSFER_TOPIC } from '../domain/transfer-log.ts'

type Rows = { table: LogTable; from: number; to: number }

/** A receipt for each transaction that logged something, of which nothing else is known. */
export function receiptsIn(rows: Rows): Receipt[] {
  const { table } = rows
  const receipts: Receipt[] = []
  for (const { row, isFirst } of placesIn(rows)) {
    const log = logAt(table, row)
    const logs = (isFirst ? undefined : receipts.at(-1)?.logs) as Log[] | undefined
    if (logs) logs.push(log)
    else receipts.push({ ...UNKNOWN, txHash: txHashAt(table, row), logs: [log] })
  }
  return receipts
}

/** What fails logs nothing, and who sent it to whom no log tells. */
const UNKNOWN = { from: ZERO_ADDRESS, to: null, created: null, succeeded: true } as const

/** The logs that may be transfers of tokens to one of `isWatched`: only these are decoded. */
export function transferLogsIn(rows: Rows, isWatched: (address: string) => boolean): PlacedLog[] {
  const { table } = rows
  const found: PlacedLog[] = []
  for (const { row, index } of placesIn(rows)) {
    const isTransfer =
      topicCount(table, row) === 3 && isText(table, row, LOGGED.topics, TRANSFER_TOPIC)
    if (!isTransfer) continue
    const to = textOf(table, row, LOGGED.topics + 2).toLowerCase()
    if (!to.startsWith(TOPIC_PADDING) || !isWatched(`0x${to.slice(TOPIC_PADDING.length)}`)) continue
    found.push({ txHash: txHashAt(table, row), index, log: logAt(table, row) })
  }
  return found
}

type Place = { row: number; index: number; isFirst: boolean }

/** Each row, and as the how manieth of its transaction it stands there. */
function* placesIn({ table, from, to }: Rows): Generator<Place> {
  let index = 0
  for (let row = from, last = ''; row < to; row++, index++) {
    const transaction = textOf(table, row, LOGGED.transactionIndex)
    const isFirst = transaction !== last
    if (isFirst) index = 0
    last = transaction
    yield { row, index, isFirst }
  }
}

const txHashAt = (table: LogTable, row: number) =>
  textOf(table, row, LOGGED.transactionHash) as TxHash

function logAt(table: LogTable, row: number): Log {
  const topics = Array.from({ length: topicCount(table, row) }, (_, index) =>
    textOf(table, row, LOGGED.topics + index).toLowerCase(),
  )
  const address = textOf(table, row, LOGGED.address).toLowerCase()
  return { address, topics, data: textOf(table, row, LOGGED.data) }
}
