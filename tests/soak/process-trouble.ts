import { setTimeout as pause } from 'node:timers/promises'
import type { SeededRandom } from '@coffer/simulator/seeded-random'
import { toxics } from '@coffer/testkit/tcp-proxy'
import type { Tell } from './progress.ts'
import type { FaultCounts } from './rpc-trouble.ts'
import type { SoakedCoffer } from './soaked-coffer.ts'

type Trouble = (wait: (ms: number) => Promise<void>) => Promise<void>

export type ProcessTroubleOptions = {
  random: SeededRandom
  signal: AbortSignal
  counts: FaultCounts
  tell: Tell
  /** Until when processes are killed: later they live, so that their memory can be watched. */
  mayKill: () => boolean
  /** How long all is well between two troubles, milliseconds, on the average. */
  everyMs: number
}

/** Kills, pauses and cuts off whoever takes part, one at a time, until stopped. */
export async function processTrouble(
  soaked: SoakedCoffer,
  { random, signal, counts, tell, mayKill, everyMs }: ProcessTroubleOptions,
): Promise<void> {
  const wait = async (ms: number) => {
    await pause(ms, undefined, { signal }).catch(() => undefined)
  }
  const [gentle, deadly] = troubles(soaked, random)
  while (!signal.aborted) {
    await wait(random.below(2 * everyMs))
    if (signal.aborted) return
    const choice = mayKill() ? { ...gentle, ...deadly } : gentle
    const [name, trouble] = random.pick(Object.entries(choice))
    tell(name)
    counts.set(name, (counts.get(name) ?? 0) + 1)
    await trouble(wait)
  }
}

function troubles({ coffer, wire }: SoakedCoffer, random: SeededRandom) {
  const { apps, stack } = coffer
  const paused =
    (stop: () => void | Promise<void>, go: () => void | Promise<void>): Trouble =>
    async (wait) => {
      await stop()
      await wait(1_000 + random.below(5_000))
      await go()
    }
  const app = (name: string, signal: NodeJS.Signals) => () => apps.get(name)?.kill(signal)
  const part = (signal: NodeJS.Signals) => () => stack.part('kafka').kill(signal)
  const gentle: Record<string, Trouble> = {
    'broker-paused': paused(part('SIGSTOP'), part('SIGCONT')),
    'scanner-paused': paused(app('scanner', 'SIGSTOP'), app('scanner', 'SIGCONT')),
    'accounts-paused': paused(app('accounts', 'SIGSTOP'), app('accounts', 'SIGCONT')),
    'database-connections-reset': async () => wire.resetAll(),
    'database-slow': paused(
      () => void wire.add(toxics.latency(20)),
      () => wire.heal(),
    ),
    'database-silent-after-commit': paused(
      () => void wire.add(toxics.cutReply((request) => /commit/i.test(request.toString('latin1')))),
      () => wire.heal(),
    ),
  }
  const deadly: Record<string, Trouble> = {
    'scanner-killed': async () => app('scanner', 'SIGKILL')(),
    'accounts-killed': async () => app('accounts', 'SIGKILL')(),
  }
  return [gentle, deadly] as const
}
