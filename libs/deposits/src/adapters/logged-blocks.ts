import { AppError } from '@coffer/errors/app-error'
import { type AdaptiveRange, adaptiveRange, inPieces } from '@coffer/evm/adaptive-range'
import type { JsonRpc } from '@coffer/evm/json-rpc'
import { isWordBefore, LOGGED, type LogTable, readLogs, textOf } from '@coffer/evm/log-table'
import { rpcFailure } from '@coffer/evm/rpc-failure'
import type { Block } from '../domain/block.ts'
import type { RpcHeader } from './rpc-answers.ts'
import { type LoggedBlock, type LogRows, loggedBlock } from './verify-logs.ts'

/** An endpoint that may have learned how many blocks it gives the logs of at once. */
export type LogsRpc = JsonRpc & { logBlocks?: AdaptiveRange }

export type LoggedBlocksOptions = {
  rpc: LogsRpc
  /** Headers of the blocks that are wanted, ascending. */
  headers: readonly RpcHeader[]
  /** Reads blocks by their receipts, with all the proof that there is. */
  wholeBlocks: (headers: readonly RpcHeader[]) => Promise<Block[]>
  /** Told of each block that is read by its receipts, and why. */
  onDoubted?: ((doubts: readonly DoubtedBlock[]) => void) | undefined
}

/** A block whose logs prove too little. */
export type DoubtedBlock = { height: bigint; doubt: string }

/** Of an endpoint of which nothing was learned. */
const BLOCKS_MAX = 2_000

/**
 * Reads blocks by the logs of many at once (`eth_getLogs`), unfiltered, so that each block's are
 * held against its own header. A block that is in doubt is read by its receipts. Ranges that are
 * too large for the endpoint, or of which it may have cut off the end, are read in pieces.
 */
export async function loggedBlocks(options: LoggedBlocksOptions): Promise<Block[]> {
  const { rpc, headers, wholeBlocks } = options
  const range = rpc.logBlocks ?? adaptiveRange({ first: BLOCKS_MAX, max: BLOCKS_MAX })
  const pieces = { range, count: headers.length, isTooLarge }
  const logged = await inPieces(pieces, (first, count) =>
    readPiece(rpc, headers.slice(first, first + count)),
  )
  const doubted = headers.filter((_, index) => 'doubt' in (logged[index] as LoggedBlock))
  if (doubted.length > 0) options.onDoubted?.(doubtsAbout(headers, logged))
  const whole = doubted.length > 0 ? (await wholeBlocks(doubted)).values() : [].values()
  return logged.map((read) => ('block' in read ? read.block : (whole.next().value as Block)))
}

const doubtsAbout = (
  headers: readonly RpcHeader[],
  logged: readonly LoggedBlock[],
): DoubtedBlock[] =>
  logged.flatMap((read, index) =>
    'doubt' in read ? [{ height: BigInt(headers[index]?.number ?? 0), doubt: read.doubt }] : [],
  )

const isTooLarge = (error: unknown) =>
  error instanceof LogsCutError || rpcFailure(error) === 'too-large'

async function readPiece(rpc: JsonRpc, headers: readonly RpcHeader[]): Promise<LoggedBlock[]> {
  const [first, last] = [headers[0] as RpcHeader, headers.at(-1) as RpcHeader]
  // By its hash a block can't be mistaken for another, nor for one that is not there yet.
  const which =
    first === last ? { blockHash: first.hash } : { fromBlock: first.number, toBlock: last.number }
  const calls = [{ method: 'eth_getLogs', params: [which] }]
  const [table] = (await rpc.read(calls, readLogs)) as [LogTable]
  const blocks = runsIn(table)
  const read = headers.map((header) =>
    loggedBlock(header, blocks.get(header.hash) ?? { table, from: 0, to: 0 }),
  )
  if (!isRound(table.count)) return read
  if (first !== last && read.some((each) => 'doubt' in each)) throw new LogsCutError(table.count)
  // All that was cut off, if anything was, was of the last block that has logs.
  const end = headers.findLastIndex(({ hash }) => blocks.has(hash))
  if (end === -1) return read
  return read.with(end, { doubt: `the answer has ${table.count} logs, and may be cut off` })
}

/** Logs of the same block that follow one another, by its hash. */
function runsIn(table: LogTable): Map<string, LogRows> {
  const runs = new Map<string, LogRows>()
  for (let from = 0, to = 0; from < table.count; from = to) {
    const hash = textOf(table, from, LOGGED.blockHash)
    for (to++; to < table.count && isWordBefore(table, to, LOGGED.blockHash); ) to++
    // Of a second run of a block there is no proof.
    if (!runs.has(hash)) runs.set(hash, { table, from, to })
  }
  return runs
}

/** Whether it may be a limit: 1, 2, 2.5 or 5 with zeros behind it, or a power of two. */
function isRound(count: number): boolean {
  if (count < 100) return false
  return (count & (count - 1)) === 0 || /^(?:[125]|25)0+$/.test(String(count))
}

/** The node gave as many logs as a node may be limited to, and some are missing. */
export class LogsCutError extends AppError {
  readonly code = 'SCAN_LOGS_CUT'

  constructor(count: number) {
    super(`The node gave exactly ${count} logs of several blocks, and not all that there are.`, {
      retry: 'retry',
      details: { count },
    })
  }
}
