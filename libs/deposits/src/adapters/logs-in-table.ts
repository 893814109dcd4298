import { ZERO_ADDRESS } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import {
  addressPlace,
  isHex,
  LOGGED,
  type LogTable,
  numberOf,
  textOf,
  topicCount,
} from '@coffer/evm/log-table'
import type { AmongWatched } from '../domain/among-watched.ts'
import type { Log, PlacedLog, Receipt } from '../domain/block.ts'
import { TRANSFER_TOPIC } from '../domain/transfer-log.ts'

type Rows = { table: LogTable; from: number; to: number }

/** A receipt for each transaction that logged something, of which nothing else is known. */
export function receiptsIn(rows: Rows): Receipt[] {
  const { table } = rows
  const receipts: Receipt[] = []
  eachPlace(rows, (row, index) => {
    const log = logAt(table, row)
    if (index === 0) receipts.push({ ...UNKNOWN, txHash: txHashAt(table, row), logs: [log] })
    else last(receipts).push(log)
  })
  return receipts
}

const last = (receipts: readonly Receipt[]) => (receipts.at(-1) as Receipt).logs as Log[]

/** What fails logs nothing, and who sent it to whom no log tells. */
const UNKNOWN = { from: ZERO_ADDRESS, to: null, created: null, succeeded: true } as const

/** The logs that may be transfers of tokens to somebody who is watched: only these are decoded. */
export function transferLogsIn(rows: Rows, among: AmongWatched): PlacedLog[] {
  const { table } = rows
  const asked: { row: number; index: number }[] = []
  const places: number[] = []
  eachPlace(rows, (row, index) => {
    const to = topicCount(table, row) === 3 ? addressPlace(table, row, LOGGED.topics + 2) : -1
    if (to === -1) return
    asked.push({ row, index })
    places.push(to)
  })
  return among(table.bytes, places).flatMap((each) => {
    const { row, index } = asked[each] as { row: number; index: number }
    if (!isHex(table, row, LOGGED.topics, TRANSFER_TOPIC)) return []
    return [{ txHash: txHashAt(table, row), index, log: logAt(table, row) }]
  })
}

/** Calls `read` for each row, with the place of its log among those of the same transaction. */
function eachPlace({ table, from, to }: Rows, read: (row: number, index: number) => void): void {
  let index = 0
  for (let row = from, before = -1; row < to; row++, index++) {
    const transaction = numberOf(table, row, LOGGED.transactionIndex)
    if (transaction !== before) index = 0
    before = transaction
    read(row, index)
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
