import type { ChainId } from '@coffer/money/chain-id'
import { recordSteps, type TracedStep, tracedDeposit } from '@coffer/telemetry/tracing'
import { depositId, type FoundTransfer } from '../domain/transfer.ts'
import { type DepositRow, isPublished } from './deposit-rows.ts'

/** What one transaction of the scan's has stored. */
export type Stored = {
  transfers: readonly FoundTransfer[]
  /** What it wrote of these. */
  stored: readonly (DepositRow & { added: boolean })[]
  /** What became final without being found anew. */
  settled?: readonly DepositRow[]
}

/** Records how deposits were found and stored, from the block they were seen in on. */
export function traceStored(
  chain: ChainId,
  { transfers, stored, settled = [] }: Stored,
  startMs: number,
): void {
  const times = { startMs, endMs: Date.now() }
  const found = new Map(transfers.map((each) => [depositId(chain, each), each]))
  const steps = [
    ...stored.flatMap((row) => stepsOfStored(row, found.get(idOf(row)), times)),
    ...[...stored.filter(isPublished), ...settled].flatMap((row) => stepsOfFinal(row, times)),
  ]
  const blocks = new Set(transfers.map(({ block }) => block.hash)).size
  const facts = { 'coffer.chain': chain, 'coffer.blocks': blocks, 'coffer.deposits': stored.length }
  recordSteps({ name: 'store blocks', ...times, facts }, steps)
}

type Times = { startMs: number; endMs: number }

const idOf = ({ chain, tx_hash: txHash, position }: DepositRow) =>
  depositId(chain, { txHash, position })

function stepsOfStored(
  row: DepositRow & { added: boolean },
  transfer: FoundTransfer | undefined,
  times: Times,
): TracedStep[] {
  const of = tracedDeposit(idOf(row))
  if (of === undefined) return []
  const facts = factsOf(row)
  const read = transfer?.block.read
  const startMs = read?.askedMs ?? times.startMs
  const whole = { of, name: 'deposit', startMs, endMs: times.endMs, facts, isFirst: true }
  const stored = { of, name: 'store deposit', ...times, facts }
  if (read === undefined) return row.added ? [whole, stored] : [stored]
  const { askedMs, toldMs, provenMs } = read
  return [
    ...(row.added ? [whole] : []),
    { of, name: 'fetch block', startMs: askedMs, endMs: toldMs, facts },
    { of, name: 'prove block', startMs: toldMs, endMs: provenMs, facts },
    stored,
  ]
}

/** From the time of its block on, for that is what its confirmations are counted from. */
function stepsOfFinal(row: DepositRow, { endMs }: Times): TracedStep[] {
  const of = tracedDeposit(idOf(row))
  const startMs = Math.min(Date.parse(row.block_time), endMs)
  return of ? [{ of, name: 'wait for finality', startMs, endMs, facts: factsOf(row) }] : []
}

const factsOf = (row: DepositRow) => ({
  'coffer.deposit': idOf(row),
  'coffer.chain': row.chain,
  'coffer.block': Number(row.block_number),
  'coffer.block.hash': row.block_hash,
  'coffer.deposit.status': row.status,
})
