import { auditSources } from '@coffer/deposits/audit-sources'
import type { MemoryProcess, MemoryScan } from '@coffer/deposits/testing/memory-scan'
import { AppError } from '@coffer/errors/app-error'
import type { StepResult } from '@coffer/runtime/poll'
import { isHappening } from './coverage.ts'
import { endpointPool } from './endpoint-pool.ts'
import { faultyCalls } from './faulty-calls.ts'
import type { Nodes } from './nodes.ts'
import type { Policy } from './policy.ts'
import { InjectedFault, type Room } from './room.ts'
import type { ScanLies } from './scan-lies.ts'
import type { Process } from './schedule.ts'
import type { StoreWitness } from './store-witness.ts'

export type ScannerOptions = {
  scan: MemoryScan
  nodes: Nodes
  witness: StoreWitness
  /** What is configured when it starts. */
  rules: () => Rules
  lies: ScanLies
  policy: Pick<Policy, 'audit' | 'balanceProof' | 'reading'>
}

type Around = NonNullable<Parameters<MemoryScan['start']>[1]>
type Rules = NonNullable<Parameters<MemoryScan['start']>[2]>
type Observer = Parameters<Around['observer']>[0]

/** A scanner: it follows the chain and runs rescans, side by side, until it is killed. */
export const scannerProcess =
  (room: Room, { scan, nodes, witness, rules, lies, policy }: ScannerOptions) =>
  async (process: Process): Promise<void> => {
    const endpoints = endpointPool(room, { process, nodes: nodes.all })
    const rangeBlocks = policy.audit?.rangeBlocks ?? 1
    const sources = auditSources({ endpoints, hosts: endpoints.hosts, rangeBlocks })
    const around: Around = {
      source: () => lies.around(sources.scan),
      rescanSource: () => sources.scan,
      others: () => endpoints,
      store: (store) =>
        faultyCalls(room, store, {
          process,
          name: 'store',
          onDone: (method, call) => witness.stored(process.name, method, call),
        }),
      watched: (watched) => ({
        ...watched,
        async refresh() {
          await process.turn('watched.refresh')
          await watched.refresh()
        },
      }),
      observer: (observer) => countingObserver(room, observer),
      beside: () => ({
        ...{ audited: sources, balances: endpoints, clock: process.clock },
        auditObserver: { audited: () => undefined },
        balanceObserver: { proven: () => undefined, differs, skipped: () => undefined },
      }),
    }
    const differs = () => room.coverage.saw('proof: difference named')
    const steps: MemoryProcess = scan.start(process.name, around, rules())
    const beside = [
      ...[steps.rescan, ...(policy.reading.traceMethod ? [steps.trace] : [])],
      ...(policy.audit ? [steps.audit] : []),
      ...(policy.balanceProof ? [steps.prove] : []),
    ]
    await Promise.all([
      forEver(room, process, { step: steps.scan, restTimes: 1 }),
      ...beside.map((step) => forEver(room, process, { step, restTimes: 5 })),
      endpoints.watch(new AbortController().signal),
    ])
  }

async function forEver(
  room: Room,
  process: Process,
  { step, restTimes }: { step: () => Promise<StepResult>; restTimes: number },
): Promise<never> {
  for (;;) {
    try {
      if ((await step()) === 'idle') await process.idle(restTimes)
    } catch (error) {
      tellFailure(room, process, error)
      await process.idle()
    }
  }
}

/** Only what was injected may fail, and what the scanner promises to fail with because of it. */
function tellFailure({ coverage, trace, violations }: Room, process: Process, error: unknown) {
  if (error instanceof InjectedFault) return
  if (!(error instanceof AppError) || error.retry === 'never') throw error
  const happening = `scan: ${error.code}`
  trace.say(`${process.name}: ${error.message}`)
  if (isHappening(happening)) coverage.saw(happening)
  else violations.push(`unexpected: ${error.code}: ${error.message}`)
}

const countingObserver = (room: Room, observer: Observer): Observer => ({
  ...observer,
  rolledBack(to, facts) {
    room.coverage.saw('scan: blocks taken back')
    if (facts.blocks >= 100) room.coverage.saw('scan: 100 blocks or more taken back')
    if (!room.tookBack) room.coverage.saw('seed: a reorg took blocks back')
    room.tookBack = true
    if (facts.reversed > 0) room.coverage.saw('scan: published deposits taken back')
    observer.rolledBack(to, facts)
  },
  latched(reason) {
    if (!room.mayLatch) room.violations.push(`I11: latched, and no reorg was so deep: ${reason}`)
    observer.latched(reason)
  },
  traced(lag, facts) {
    if (facts && facts.found > 0) room.coverage.saw('scan: coin found behind the scan')
    observer.traced(lag, facts)
  },
  rescanned(id, facts) {
    if (facts.added > 0) room.coverage.saw('scan: rescan added a deposit')
    if (facts.republished > 0) room.coverage.saw('scan: rescan published again')
    observer.rescanned(id, facts)
  },
})
