import type { AppName } from '@coffer/cli/start-coffer'
import type { CrashPoint } from '@coffer/runtime/crash-point'
import type { CofferUnderTest } from './coffer-under-test.ts'
import { keepPaying } from './keep-paying.ts'

export type CrashPair = { scanner: CrashPoint; accounts: CrashPoint }

/** How often each point has killed a process. */
export type Kills = Map<CrashPoint, number>

/** In each round one process of either app is killed, at the same time as the other. */
export const CRASH_PAIRS: readonly CrashPair[] = [
  { scanner: 'scanner.after-fetch', accounts: 'accounts.after-consume' },
  { scanner: 'scanner.before-commit', accounts: 'accounts.before-commit' },
  { scanner: 'scanner.after-commit', accounts: 'accounts.after-commit' },
  { scanner: 'relay.before-publish', accounts: 'relay.before-publish' },
  { scanner: 'relay.after-ack', accounts: 'relay.after-ack' },
  { scanner: 'consumer.before-offsets', accounts: 'posting.before-writing' },
  { scanner: 'consumer.after-offsets', accounts: 'posting.half-written' },
]

/** Small steps, so that a point is passed often and there is always something half done. */
export const SMALL_STEPS = { CHUNK_BLOCKS: '4', RELAY_BATCH_MAX: '5', BATCH_SIZE_MAX: '5' }

/** A rebuild, and apps that deposits do not go through, are killed in tests of their own. */
export const noKills = (): Kills =>
  new Map(
    CRASH_PAIRS.flatMap(({ scanner, accounts }) => [scanner, accounts]).map((each) => [each, 0]),
  )

/**
 * Kills both apps at their points while deposits come: each process takes up what the one before it
 * left, at the so-and-so-manieth time that it passes the point, and the last ones live.
 */
export async function crashPair(
  under: CofferUnderTest,
  pair: CrashPair,
  { passes, kills }: { passes: readonly number[]; kills: Kills },
): Promise<void> {
  const killAgainAndAgain = async (app: AppName) => {
    const point = pair[app as keyof CrashPair]
    for (const pass of passes) {
      const env = { NODE_ENV: 'test', CRASH_AT: `${point}:${pass}` }
      const victim = await under.coffer.startApp(app, { env, awaitHealth: false })
      const { signal } = await victim.exited()
      if (signal !== 'SIGKILL') {
        throw new Error(`Expected ${app} to be killed at ${point}:${pass}; it ended otherwise.`)
      }
      kills.set(point, (kills.get(point) ?? 0) + 1)
    }
    await under.coffer.startApp(app)
  }
  // However slow the machine is: without deposits a point is never passed.
  await using paying = keepPaying(under, { timeoutMs: 600_000 })
  await Promise.all([killAgainAndAgain('scanner'), killAgainAndAgain('accounts')])
  await paying.stop()
  await under.settle()
}
