import { setTimeout as pause } from 'node:timers/promises'
import type { SeededRandom } from '@coffer/simulator/seeded-random'
import type { RpcFault } from '@coffer/testkit/rpc-fault'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { rpcHeads } from '@coffer/testkit/rpc-heads'
import { rpcLies } from '@coffer/testkit/rpc-lies'
import type { RpcProxy } from '@coffer/testkit/rpc-proxy'

/** How often each thing went wrong. */
export type FaultCounts = Map<string, number>

/** Everything that a node does wrong, and how many in a hundred requests it may strike. */
const TROUBLES: readonly { name: string; fault: () => RpcFault; percent: number }[] = [
  { name: 'too-many-requests', fault: () => rpcFaults.status(429), percent: 30 },
  { name: 'unavailable', fault: () => rpcFaults.status(503), percent: 30 },
  { name: 'dropped', fault: rpcFaults.drop, percent: 20 },
  { name: 'half-open', fault: rpcFaults.halfOpen, percent: 3 },
  { name: 'half-open-within', fault: rpcFaults.halfOpenWithin, percent: 3 },
  { name: 'cut-json', fault: rpcFaults.cutJson, percent: 20 },
  { name: 'cut-connection', fault: rpcFaults.cutConnection, percent: 20 },
  { name: 'refused', fault: () => rpcFaults.error(-32_602, 'beyond head'), percent: 20 },
  { name: 'slow', fault: () => rpcFaults.delay(100), percent: 50 },
  { name: 'null', fault: rpcFaults.nullResult, percent: 20 },
  { name: 'batch-reordered', fault: rpcFaults.batchReordered, percent: 100 },
  { name: 'batch-incomplete', fault: () => rpcFaults.batchIncomplete(), percent: 20 },
  { name: 'logs-omitted', fault: () => rpcLies.logsOmitted(0.5), percent: 50 },
  { name: 'logs-truncated', fault: () => rpcLies.logsTruncated(1), percent: 50 },
  { name: 'logs-removed', fault: rpcLies.logsRemoved, percent: 50 },
  { name: 'log-index-duplicated', fault: rpcLies.logIndexDuplicated, percent: 50 },
  {
    name: 'log-forged',
    fault: () => rpcLies.logForged({ data: `0x${'f'.repeat(64)}` }),
    percent: 50,
  },
  { name: 'status-flipped', fault: rpcLies.statusFlipped, percent: 50 },
  { name: 'receipts-dropped', fault: () => rpcLies.receiptsDropped(), percent: 50 },
  { name: 'receipts-of-another-block', fault: () => rpcLies.receiptsOfBlock(OTHER), percent: 50 },
  { name: 'bloom-zeroed', fault: rpcLies.bloomZeroed, percent: 50 },
  { name: 'traces-missing', fault: () => rpcLies.tracesMissing(1), percent: 50 },
  { name: 'head-lagging', fault: () => rpcHeads.lagging(3), percent: 100 },
  { name: 'head-frozen', fault: rpcHeads.frozen, percent: 100 },
  { name: 'head-backwards', fault: () => rpcHeads.backwards(1), percent: 100 },
]

const OTHER = `0x${'b'.repeat(64)}`

/** One or two troubles at a time, each at one endpoint and for a moment, until stopped. */
export async function rpcTrouble(
  endpoints: readonly RpcProxy[],
  { random, signal, counts }: { random: SeededRandom; signal: AbortSignal; counts: FaultCounts },
): Promise<void> {
  while (!signal.aborted) {
    const active = Array.from({ length: 1 + random.below(2) }, () => {
      const { name, fault, percent } = random.pick(TROUBLES)
      const share = (1 + random.below(percent)) / 100
      const rule = random.pick(endpoints).add({ fault: fault(), share })
      return { name, rule }
    })
    await pause(500 + random.below(4_000), undefined, { signal }).catch(() => undefined)
    for (const { name, rule } of active) {
      rule.remove()
      counts.set(name, (counts.get(name) ?? 0) + rule.fired)
    }
    await pause(random.below(2_000), undefined, { signal }).catch(() => undefined)
  }
}
