import { AppError } from '@coffer/errors/app-error'
import { type ProofSteps, toldProof } from '@coffer/evm/block-proof'
import { KNOWN_TYPES } from '@coffer/evm/chain-presets'
import { LOG, LOG_FIELDS, RECEIPT, RECEIPT_FIELDS } from '@coffer/evm/receipt-table'
import { releaseMemory } from '@coffer/evm/release-memory'
import { isSameAt, viewOf } from '@coffer/evm/same-bytes'
import {
  isSameText,
  isText,
  numberAt,
  placeIn,
  type ToldReceipts,
  textOf,
} from '@coffer/evm/told-receipts'
import type { Block, BlockHeader } from '../domain/block.ts'
import { requireKnownTypes } from '../domain/transaction-type.ts'
import { receiptViews, transferLogsTo } from './receipt-views.ts'
import { headerOf, paidByBlock, type RpcHeader } from './rpc-answers.ts'

/** What a node told about one block. */
export type BlockAnswers = { header: RpcHeader; receipts: ToldReceipts | null }

/**
 * Makes a block of a header and its receipts after holding them against each other: one receipt
 * for each transaction in order, all of this block, their logs numbered without a gap, and what
 * `steps` ask for: the hash that the header's fields make up, the root and the bloom that the
 * receipts make up. All transactions must be of a type that is known of the chain.
 * Throws {@link BlockProofError}: what a node left out must never look like an empty block; and
 * `TransactionTypeError`.
 */
export function verifiedBlock(
  { header: answer, receipts: told }: BlockAnswers,
  steps: ProofSteps,
  types: readonly number[] = KNOWN_TYPES,
): Block {
  const header = headerOf(answer, answer.number)
  const refuse = (problem: string) => new BlockProofError(header, problem)
  if (told === null) throw refuse('the node has no receipts for it')
  const transactions: readonly string[] = answer.transactions
  const count = told.to - told.from
  if (count !== transactions.length) {
    throw refuse(`${count} receipts for ${transactions.length} transactions`)
  }
  let logCount = 0
  const hashes = hashesOf([...transactions, answer.hash])
  for (let index = 0; index < count; index++) {
    const row = (told.from + index) * RECEIPT_FIELDS
    const problem = problemOf(told, index, hashes) ?? gapIn(told, row, logCount)
    if (problem) throw refuse(`receipt ${index}: ${problem}`)
    logCount += at(told, row, RECEIPT.logsTo) - at(told, row, RECEIPT.logsFrom)
  }
  requireTypes(header, told, types)
  const problems = toldProof(answer, told, steps)
  if (problems.length > 0) throw refuse(problems.join('; '))
  return {
    ...header,
    ...paidByBlock(answer),
    receipts: receiptViews(told),
    logsTo: (among) => transferLogsTo(told, among),
    release: () => releaseMemory(told.body),
  }
}

/** A receipt is looked at by its row, before it is proven: of most there is nothing to be told. */
const at = ({ receipts }: ToldReceipts, row: number, field: number): number =>
  receipts[row + field] ?? 0

/**
 * What receipts must name: the hashes of their transactions, and the block's own after these. Also
 * in one piece, each with a quotation mark behind it, where all are as long as hashes are.
 */
type Hashes = { texts: readonly string[]; view: DataView | undefined }

function hashesOf(texts: readonly string[]): Hashes {
  const bytes = Buffer.from(`${texts.join('"')}"`)
  return { texts, view: bytes.length === texts.length * HASH_BYTES ? viewOf(bytes) : undefined }
}

function isHash(told: ToldReceipts, place: number, hash: Hashes & { index: number }): boolean {
  const { texts, view, index } = hash
  if (place === 0 || view === undefined) return isText(told, place, texts[index] ?? '')
  return isSameAt(
    { view: told.view, at: placeIn(place) },
    { view, at: index * HASH_BYTES },
    HASH_BYTES,
  )
}

function problemOf(told: ToldReceipts, index: number, hashes: Hashes): string | undefined {
  const row = (told.from + index) * RECEIPT_FIELDS
  if (at(told, row, RECEIPT.beginning) === 0) return 'is null'
  const ofTransaction = at(told, row, RECEIPT.transactionHash)
  const ofBlock = at(told, row, RECEIPT.blockHash)
  if (!isHash(told, ofTransaction, { ...hashes, index })) {
    return `of transaction ${textOf(told, ofTransaction)}`
  }
  const block = { ...hashes, index: hashes.texts.length - 1 }
  if (!isHash(told, ofBlock, block)) return `of block ${textOf(told, ofBlock)}`
  const hasFailed = isText(told, at(told, row, RECEIPT.status), '0x0')
  if (!hasFailed && !isText(told, at(told, row, RECEIPT.status), '0x1')) return 'has no status'
  const [logsFrom, logsTo] = [at(told, row, RECEIPT.logsFrom), at(told, row, RECEIPT.logsTo)]
  if (hasFailed && logsTo > logsFrom) return 'failed and yet has logs'
  if (at(told, row, RECEIPT.from) === 0) return 'has no sender'
  if (at(told, row, RECEIPT.logs) === 0) return 'has no list of logs'
  for (let log = logsFrom; log < logsTo; log++) {
    const problem = problemOfLog(told, row, log * LOG_FIELDS)
    if (problem) return problem
  }
  return undefined
}

/** What no log is without, whether or not a root proves it. */
const REQUIRED = [LOG.address, LOG.topicList, LOG.data]

/** Length of `0x` and the digits of a word, and of such a hash with a quotation mark. */
const WORD = 66
const HASH_BYTES = WORD + 1

function problemOfLog(told: ToldReceipts, receipt: number, row: number): string | undefined {
  const { logs } = told
  if (logs[row + LOG.removed] === 1) return 'has a removed log'
  for (const field of REQUIRED) if (logs[row + field] === 0) return 'has a log that lacks a field'
  for (let topic = 0; topic < (logs[row + LOG.topicCount] ?? 0); topic++) {
    if (logs[row + LOG.topics + topic] === 0) return 'has a log with a topic that is null'
  }
  const ofBlock = logs[row + LOG.blockHash] ?? 0
  if (!isSameText(told, ofBlock, at(told, receipt, RECEIPT.blockHash), WORD)) {
    return `has a log of block ${textOf(told, ofBlock)}`
  }
  const ofTransaction = logs[row + LOG.transactionHash] ?? 0
  const ofReceipt = at(told, receipt, RECEIPT.transactionHash)
  if (!isSameText(told, ofTransaction, ofReceipt, WORD)) {
    return `has a log of transaction ${textOf(told, ofTransaction)}`
  }
  return undefined
}

/** The bloom does not tell a log that is left out from another one just like it; a number does. */
function gapIn(told: ToldReceipts, row: number, before: number): string | undefined {
  const [logsFrom, logsTo] = [at(told, row, RECEIPT.logsFrom), at(told, row, RECEIPT.logsTo)]
  for (let log = logsFrom; log < logsTo; log++) {
    const logIndex = told.logs[log * LOG_FIELDS + LOG.logIndex] ?? 0
    const expected = before + log - logsFrom
    if (numberAt(told, logIndex) !== expected) {
      return `log ${textOf(told, logIndex)} stands where ${expected} should`
    }
  }
  return undefined
}

/** Names the types only if one of them may be unknown. */
function requireTypes(block: BlockHeader, told: ToldReceipts, known: readonly number[]): void {
  const typed: { transactionHash: string; type: string | undefined }[] = []
  for (let receipt = told.from; receipt < told.to; receipt++) {
    const row = receipt * RECEIPT_FIELDS
    const type = at(told, row, RECEIPT.type)
    if (known.includes(type === 0 ? 0 : numberAt(told, type))) continue
    const transactionHash = textOf(told, at(told, row, RECEIPT.transactionHash)) ?? ''
    typed.push({ transactionHash, type: textOf(told, type) })
  }
  if (typed.length > 0) requireKnownTypes(block, typed, known)
}

/** The node's answers about a block contradict each other. Ask again, or ask another node. */
export class BlockProofError extends AppError {
  readonly code = 'SCAN_BLOCK_PROOF'

  constructor({ number, hash }: Pick<BlockHeader, 'number' | 'hash'>, problem: string) {
    super(`Block ${number} (${hash}) does not hold together: ${problem}.`, {
      retry: 'retry',
      details: { number, hash },
    })
  }
}
