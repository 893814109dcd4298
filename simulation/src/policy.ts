import { NATIVE } from '@coffer/deposits/testing/fake-transfers'
import type { MemoryScanSettings } from '@coffer/deposits/testing/memory-scan'
import type { Confirmations } from '@coffer/evm/confirmations'
import type { SeededRandom } from '@coffer/simulator/seeded-random'

/** By receipts without traces, with those of either method, or by logs, which show no coin. */
const READINGS: readonly Pick<MemoryScanSettings, 'traceMethod' | 'byLogs'>[] = [
  ...[{}, {}],
  { traceMethod: 'debug_traceBlockByHash' },
  { traceMethod: 'trace_block' },
  { byLogs: true },
]

/** How the world of one seed is set up. */
export type Policy = ReturnType<typeof policyOf>

export function policyOf(random: SeededRandom) {
  const isDeep = random.below(20) === 0
  // A chain that allows few blocks to be undone, and on which none are until the end.
  const isStrict = !isDeep && random.below(8) === 0
  const reading = random.pick(READINGS)
  const nodes = random.pick([1, 1, 2, 3])
  const beside = besideOf(random, isDeep)
  const start = random.pick([0n, 0n, 0n, 1n + random.bigintBelow(6n)])
  return {
    confirmations: confirmationsOf(random),
    chunkBlocks: 1 + random.below(isDeep ? 24 : 5),
    chunksMax: 1 + random.below(3),
    start,
    isDeep,
    isStrict,
    /** Whether the operator lists a token more at some time. */
    isListedLater: random.below(2) === 0,
    reorgDepthMax: isStrict ? 5 + random.below(8) : 1_000,
    reading,
    /** Whether calls are read behind the scan, to begin with. */
    tracesLater: reading.traceMethod !== undefined && random.below(2) === 0,
    nodes,
    ...beside,
    /** Of a thousand answers about calls, how many lie to the scan alone: if that is found out. */
    scanLiesPerMille: beside.audit ? random.pick([0, 200]) : 0,
    /** Whether a node makes up branches now and then. */
    forges: !isStrict && random.below(3) === 0,
    quorum: random.below(2) === 0 ? 1 : Math.min(nodes, 2),
    turns: 400 + random.below(1_600),
    blocksBefore: isDeep ? 205 + random.below(30) : random.below(12) + (isStrict ? 26 : 0),
    storyPerMille: random.pick([15, 30, 60]),
    disturbancesPerMille: random.pick([0, 5, 15, 40]),
    story: {
      depthMax: isDeep ? 200 : 12,
      // A third of the seeds have none at all, so that reorgs don't repair what else went wrong.
      reorgsPercent: isStrict ? 0 : random.pick([0, 8, 20]),
    },
  }
}

/** How what is final is audited, and balances are proven, if they are. */
function besideOf(
  random: SeededRandom,
  isDeep: boolean,
): Pick<MemoryScanSettings, 'audit' | 'balanceProof'> {
  const audit = {
    ...{ enabled: true, repeat: false, rangeBlocks: 1 + random.below(6) },
    blocksPerSecondMax: isDeep ? 1_000 : random.pick([15, 50, 1_000]),
  }
  const balanceProof = {
    everyBlocks: 1 + random.below(6),
    holdingsMax: random.pick([2, 200]),
    recheckMax: random.below(4),
  }
  return {
    ...(random.below(5) > 1 ? { audit } : {}),
    ...(random.below(2) === 0 ? { balanceProof } : {}),
  }
}

const confirmationsOf = (random: SeededRandom): Confirmations =>
  random.pick<Confirmations>(['safe', 'finalized', ...[1, 2, 3, 4, 5, 6]])

/** Blocks that make one final, its own included, at most. */
export const DEPTH_MAX = 9

/** From this amount on, coin waits for more than all else does. */
const LARGE = 600_000n

/** What larger amounts wait for, besides what everything does. */
export function tiersOf({ confirmations }: Pick<Policy, 'confirmations'>) {
  if (confirmations === 'finalized') return []
  const next = typeof confirmations === 'number' ? confirmations + 3 : ('finalized' as const)
  return [{ from: LARGE, confirmations: next }]
}

/** How deep a payment must be to be final; 0 where a tag says. */
export function depthFor(
  policy: Policy,
  { asset, amount }: { asset: string; amount: bigint },
): number {
  const { confirmations } = policy
  if (typeof confirmations !== 'number') return 0
  const [tier] = asset === NATIVE && amount >= LARGE ? tiersOf(policy) : []
  return typeof tier?.confirmations === 'number' ? tier.confirmations : confirmations
}
