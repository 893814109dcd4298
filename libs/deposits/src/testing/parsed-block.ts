import type { Address } from '@coffer/evm/address'
import { blockProof, type ProofSteps } from '@coffer/evm/block-proof'
import { KNOWN_TYPES } from '@coffer/evm/chain-presets'
import type { TxHash } from '@coffer/evm/hash'
import {
  headerOf,
  paidByBlock,
  type RpcHeader,
  type RpcLog,
  type RpcReceipt,
} from '../adapters/rpc-answers.ts'
import { BlockProofError } from '../adapters/verify-block.ts'
import type { Block, Receipt } from '../domain/block.ts'
import { requireKnownTypes } from '../domain/transaction-type.ts'

/** What a node told about one block, as `JSON.parse` gives it. */
type ParsedAnswers = {
  header: RpcHeader
  receipts: readonly (RpcReceipt | null)[] | null
}

/**
 * What `verifiedBlock` makes of the bytes of these answers, made of their values instead: slower,
 * and with everything in plain sight, to hold the other against.
 */
export function parsedBlock(
  { header: answer, receipts }: ParsedAnswers,
  steps: ProofSteps,
  types: readonly number[] = KNOWN_TYPES,
): Block {
  const header = headerOf(answer, answer.number)
  const refuse = (problem: string) => new BlockProofError(header, problem)
  if (receipts === null) throw refuse('the node has no receipts for it')
  if (receipts.length !== answer.transactions.length) {
    throw refuse(`${receipts.length} receipts for ${answer.transactions.length} transactions`)
  }
  const given: RpcReceipt[] = []
  let logCount = 0
  for (const [index, receipt] of receipts.entries()) {
    if (receipt === null) throw refuse(`receipt ${index}: is null`)
    const problem =
      problemOf(receipt, answer.transactions[index], answer.hash) ?? gapIn(receipt, logCount)
    if (problem) throw refuse(`receipt ${index}: ${problem}`)
    given.push(receipt)
    logCount += receipt.logs.length
  }
  requireKnownTypes(header, given, types)
  const problems = blockProof(answer, given, steps)
  if (problems.length > 0) throw refuse(problems.join('; '))
  return { ...header, ...paidByBlock(answer), receipts: given.map(receiptOf) }
}

function problemOf(receipt: RpcReceipt, txHash: string | undefined, blockHash: string) {
  if (receipt.transactionHash !== txHash) return `of transaction ${receipt.transactionHash}`
  if (receipt.blockHash !== blockHash) return `of block ${receipt.blockHash}`
  if (receipt.status !== '0x0' && receipt.status !== '0x1') return 'has no status'
  if (receipt.status === '0x0' && receipt.logs.length > 0) return 'failed and yet has logs'
  return receipt.logs.map((log) => problemOfLog(log, receipt)).find(Boolean)
}

function problemOfLog(log: RpcLog, { transactionHash, blockHash }: RpcReceipt) {
  if (log.removed === true) return 'has a removed log'
  const { topics, data, logIndex } = log
  if (topics.length > 4 || typeof data !== 'string') return 'has a log that lacks a field'
  if (!/^0x[0-9a-f]+$/i.test(logIndex)) return 'has a log without a number'
  if (log.blockHash !== blockHash) return `has a log of block ${log.blockHash}`
  if (log.transactionHash !== transactionHash) {
    return `has a log of transaction ${log.transactionHash}`
  }
  return undefined
}

/** The bloom does not tell a log that is left out from another one just like it; a number does. */
function gapIn({ logs }: RpcReceipt, before: number): string | undefined {
  const gap = logs.findIndex(({ logIndex }, index) => Number(logIndex) !== before + index)
  return gap < 0 ? undefined : `log ${logs[gap]?.logIndex} stands where ${before + gap} should`
}

function receiptOf(receipt: RpcReceipt): Receipt {
  const { transactionHash, from, to, contractAddress, status, logs } = receipt
  return {
    txHash: transactionHash as TxHash,
    from: from.toLowerCase() as Address,
    to: addressOrNull(to),
    created: addressOrNull(contractAddress),
    succeeded: status === '0x1',
    logs: logs.map(({ address, topics, data }) => ({
      address: address.toLowerCase(),
      topics: topics.map((topic) => topic.toLowerCase()),
      data,
    })),
  }
}

const addressOrNull = (address: string | null | undefined) =>
  address === null || address === undefined ? null : (address.toLowerCase() as Address)
