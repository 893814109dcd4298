import { headerProblems } from '@coffer/evm/block-proof'
import { tableBloom } from '@coffer/evm/bloom'
import {
  hasData,
  isRemoved,
  isText,
  isWordBefore,
  LOGGED,
  type LogTable,
  numberOf,
} from '@coffer/evm/log-table'
import type { Block } from '../domain/block.ts'
import { receiptsIn, transferLogsIn } from './logs-in-table.ts'
import { headerOf, type RpcHeader } from './rpc-answers.ts'
import { BlockProofError } from './verify-block.ts'

/** Rows of a table, from `from` to before `to`: the logs that a node gave of one block. */
export type LogRows = { table: LogTable; from: number; to: number }

/** A block as its logs tell it, or why they may not be all of them, or not its own. */
export type LoggedBlock = { block: Block } | { doubt: string }

/**
 * Makes a block of a header and its logs after holding them against each other: the header has the
 * hash that its fields make up, the logs are numbered from 0 without a gap, each is of the
 * transaction that the header has in its place, and together they make up the header's bloom, so
 * that one which is left out shows unless it comes last and others have its bits. What a bloom does
 * not cover is the logs' data. Throws {@link BlockProofError} on a header that is not true, and
 * HexError where a log is malformed.
 */
export function loggedBlock(answer: RpcHeader, rows: LogRows): LoggedBlock {
  const header = headerOf(answer, answer.number)
  const problems = headerProblems(answer)
  if (problems.length > 0) throw new BlockProofError(header, problems.join('; '))
  const doubt = doubtOf(answer, rows)
  if (doubt !== undefined) return { doubt }
  const block: Block = {
    ...header,
    byLogs: true,
    logsTo: (among) => transferLogsIn(rows, among),
    get receipts() {
      return receiptsIn(rows)
    },
  }
  return { block }
}

function doubtOf(header: RpcHeader, { table, from, to }: LogRows): string | undefined {
  let before = -1
  for (let row = from; row < to; row++) {
    const index = row - from
    const logIndex = numberOf(table, row, LOGGED.logIndex)
    if (logIndex !== index) return `log ${logIndex} stands where ${index} should`
    if (isRemoved(table, row)) return `log ${index} is a removed one`
    const isSameBlock = row > from && isWordBefore(table, row, LOGGED.blockHash)
    if (!isSameBlock && !isText(table, row, LOGGED.blockHash, header.hash)) {
      return `log ${index} is of another block`
    }
    const place = numberOf(table, row, LOGGED.transactionIndex)
    const txHash = header.transactions[place]
    if (place < before) return `log ${index} is of a transaction before the last one's`
    if (txHash === undefined || !isText(table, row, LOGGED.transactionHash, txHash)) {
      return `log ${index} is of another transaction than the header has at ${place}`
    }
    if (!hasData(table, row)) return `the data of log ${index} is not hex`
    before = place
  }
  if (tableBloom(table, from, to) === header.logsBloom.toLowerCase()) return undefined
  return "its logs do not make up the header's logs bloom"
}
