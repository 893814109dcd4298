import { AppError } from '@coffer/errors/app-error'
import { type ProofSteps, toldProof } from '@coffer/evm/block-proof'
import { KNOWN_TYPES } from '@coffer/evm/chain-presets'
import { LOG, LOG_FIELDS, RECEIPT, RECEIPT_FIELDS } from '@coffer/evm/receipt-table'
import { isSameText, isText, numberAt, type ToldReceipts, textOf } from '@coffer/evm/told-receipts'
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
  for (const [index, txHash] of transactions.entries()) {
    const receipt = receiptIn(told, index)
    const problem =
      problemOf(receipt, { txHash, blockHash: answer.hash }) ?? gapIn(receipt, logCount)
    if (problem) throw refuse(`receipt ${index}: ${problem}`)
    logCount += receipt.logsTo - receipt.logsFrom
  }
  requireTypes(header, told, types)
  const problems = toldProof(answer, told, steps)
  if (problems.length > 0) throw refuse(problems.join('; '))
  return {
    ...header,
    ...paidByBlock(answer),
    receipts: receiptViews(told),
    logsTo: (isWatched) => transferLogsTo(told, isWatched),
  }
}

/** A receipt as far as it has to be looked at before it is proven. */
type ReceiptPlaces = {
  told: ToldReceipts
  at: (field: number) => number
  logsFrom: number
  logsTo: number
}

function receiptIn(told: ToldReceipts, index: number): ReceiptPlaces {
  const row = (told.from + index) * RECEIPT_FIELDS
  const at = (field: number) => told.receipts[row + field] ?? 0
  return { told, at, logsFrom: at(RECEIPT.logsFrom), logsTo: at(RECEIPT.logsTo) }
}

function problemOf(
  receipt: ReceiptPlaces,
  { txHash, blockHash }: { txHash: string; blockHash: string },
): string | undefined {
  const { told, at, logsFrom, logsTo } = receipt
  if (at(RECEIPT.beginning) === 0) return 'is null'
  const [ofTransaction, ofBlock] = [at(RECEIPT.transactionHash), at(RECEIPT.blockHash)]
  if (!isText(told, ofTransaction, txHash)) return `of transaction ${textOf(told, ofTransaction)}`
  if (!isText(told, ofBlock, blockHash)) return `of block ${textOf(told, ofBlock)}`
  const hasFailed = isText(told, at(RECEIPT.status), '0x0')
  if (!hasFailed && !isText(told, at(RECEIPT.status), '0x1')) return 'has no status'
  if (hasFailed && logsTo > logsFrom) return 'failed and yet has logs'
  if (at(RECEIPT.from) === 0) return 'has no sender'
  if (at(RECEIPT.logs) === 0) return 'has no list of logs'
  for (let log = logsFrom; log < logsTo; log++) {
    const problem = problemOfLog(receipt, log * LOG_FIELDS)
    if (problem) return problem
  }
  return undefined
}

/** What no log is without, whether or not a root proves it. */
const REQUIRED = [LOG.address, LOG.topicList, LOG.data]

function problemOfLog({ told, at }: ReceiptPlaces, row: number): string | undefined {
  const { logs } = told
  if (logs[row + LOG.removed] === 1) return 'has a removed log'
  for (const field of REQUIRED) if (logs[row + field] === 0) return 'has a log that lacks a field'
  for (let topic = 0; topic < (logs[row + LOG.topicCount] ?? 0); topic++) {
    if (logs[row + LOG.topics + topic] === 0) return 'has a log with a topic that is null'
  }
  const ofBlock = logs[row + LOG.blockHash] ?? 0
  if (!isSameText(told, ofBlock, at(RECEIPT.blockHash))) {
    return `has a log of block ${textOf(told, ofBlock)}`
  }
  const ofTransaction = logs[row + LOG.transactionHash] ?? 0
  if (!isSameText(told, ofTransaction, at(RECEIPT.transactionHash))) {
    return `has a log of transaction ${textOf(told, ofTransaction)}`
  }
  return undefined
}

/** The bloom does not tell a log that is left out from another one just like it; a number does. */
function gapIn({ told, logsFrom, logsTo }: ReceiptPlaces, before: number): string | undefined {
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
  const receipts = Array.from({ length: told.to - told.from }, (_, index) => receiptIn(told, index))
  const isKnown = ({ at }: ReceiptPlaces) =>
    known.includes(at(RECEIPT.type) === 0 ? 0 : numberAt(told, at(RECEIPT.type)))
  if (receipts.every(isKnown)) return
  const typed = receipts.map(({ at }) => ({
    transactionHash: textOf(told, at(RECEIPT.transactionHash)) ?? '',
    type: textOf(told, at(RECEIPT.type)),
  }))
  requireKnownTypes(block, typed, known)
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
