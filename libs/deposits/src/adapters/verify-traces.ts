import type { ToldReceipts } from '@coffer/evm/told-receipts'
import type { Block, Receipt } from '../domain/block.ts'
import type { CallFrame } from '../domain/call-frame.ts'
import {
  callTracerTraces,
  TraceFormatError,
  type TransactionTrace,
  toldTraceBlock,
} from './call-traces.ts'
import { isQuietCall } from './quiet-call.ts'
import type { ToldTraces } from './told-traces.ts'
import { BlockProofError } from './verify-block.ts'

/** What a node told of the calls in one block; a list of them may be missing. */
export type TraceAnswer =
  | { method: 'trace_block'; told: ToldTraces | null }
  | { method: 'debug_traceBlockByHash'; told: unknown }

/**
 * The block with the calls of its transactions, after holding them against its receipts: one tree
 * for each transaction in order, failed where the receipt says so, from and to whom it says. With
 * the bytes in which these were given, most are held against each other as they are.
 * Throws {@link BlockProofError}: traces that are missing must never look like calls that paid
 * nobody.
 */
export function tracedBlock(
  block: Block,
  answer: TraceAnswer,
  given: ToldReceipts | null = null,
): Block {
  const { method } = answer
  const refuse = (problem: string) => new BlockProofError(block, `by ${method}, ${problem}`)
  const told = tracesIn()
  const { receipts } = block
  if (told.length !== receipts.length) {
    throw refuse(`${told.length} traces for ${receipts.length} transactions`)
  }
  const traces = told.map((trace, index) => {
    if (trace === null) return null
    const { txHash, root } = trace
    const receipt = receipts[index] as Receipt
    const problem =
      txHash === receipt.txHash ? problemOf(root, receipt) : `of transaction ${txHash}`
    if (problem) throw refuse(`trace ${index}: ${problem}`)
    return root
  })
  return { ...block, traces }

  function tracesIn(): (TransactionTrace | null)[] {
    try {
      if (answer.method === 'trace_block') {
        const isQuiet = (frames: ToldTraces, row: number, index: number) =>
          given !== null && isQuietCall(frames, row, { receipts: given, index })
        return toldTraceBlock(answer.told, block.hash, isQuiet)
      }
      return callTracerTraces(answer.told)
    } catch (error) {
      if (error instanceof TraceFormatError) throw refuse(error.message)
      throw error
    }
  }
}

function problemOf(root: CallFrame, receipt: Receipt): string | undefined {
  const { kind, from, to, failed } = root
  // Each is read of the receipt anew when it is asked for.
  const { from: sender, to: receiver, succeeded } = receipt
  if (failed === succeeded) return `${failed ? 'failed' : 'succeeded'}, not so its receipt`
  if (from !== sender) return `from ${from}, by its receipt from ${sender}`
  if (kind === 'call' && receiver !== null) {
    return to === receiver ? undefined : `to ${to}, by its receipt to ${receiver}`
  }
  if (kind !== 'create' || receiver !== null) return 'is of another kind than its receipt'
  if (failed || to === receipt.created) return undefined
  return `created ${to}, by its receipt ${receipt.created}`
}
