import type { AppName } from '@coffer/cli/start-coffer'
import { CRASH_POINTS, type CrashPoint } from '@coffer/runtime/crash-point'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { keepPaying } from './keep-paying.ts'

/** In each round one process of either app is killed, at the same time as the other. */
const PAIRS: readonly { scanner: CrashPoint; accounts: CrashPoint }[] = [
  { scanner: 'scanner.after-fetch', accounts: 'accounts.after-consume' },
  { scanner: 'scanner.before-commit', accounts: 'accounts.before-commit' },
  { scanner: 'scanner.after-commit', accounts: 'accounts.after-commit' },
  { scanner: 'relay.before-publish', accounts: 'relay.before-publish' },
  { scanner: 'relay.after-ack', accounts: 'relay.after-ack' },
]

/** The first to come, one after some work while catching up, and one when that is done. */
const PASSES = [1, 3, 2, 1, 8]

/** Small steps, so that a point is passed often and there is always something half done. */
const SMALL_STEPS = { CHUNK_BLOCKS: '4', RELAY_BATCH_MAX: '5', BATCH_SIZE_MAX: '5' }

let under: CofferUnderTest
// A rebuild runs by itself, and is killed by its own test.
const POINTS = CRASH_POINTS.filter((point) => !point.startsWith('rebuild.'))
const kills = new Map<CrashPoint, number>(POINTS.map((point) => [point, 0]))

beforeAll(async () => {
  under = await cofferUnderTest({ name: 'crash', users: 8, apps: ['api'], env: SMALL_STEPS })
})

afterEach(async () => {
  const { apps } = under.coffer
  await Promise.all([apps.get('scanner')?.stop(), apps.get('accounts')?.stop()])
})

afterAll(async () => {
  await under[Symbol.asyncDispose]()
})

test.for(PAIRS)(
  'loses and doubles nothing when killed at $scanner and $accounts',
  async (points) => {
    const stopPaying = keepPaying(under)
    try {
      await Promise.all([
        killAgainAndAgain('scanner', points.scanner),
        killAgainAndAgain('accounts', points.accounts),
      ])
    } finally {
      await stopPaying()
    }
    await under.settle()

    expect(await under.violations()).toEqual([])
  },
)

test('each crash point has killed at least five times', () => {
  const tooFew = [...kills].filter(([, times]) => times < 5)

  expect(tooFew).toEqual([])
})

/** Each process takes up what the one before it left when it was killed, and the last one lives. */
async function killAgainAndAgain(app: AppName, point: CrashPoint): Promise<void> {
  for (const pass of PASSES) {
    const env = { NODE_ENV: 'test', CRASH_AT: `${point}:${pass}` }
    const victim = await under.coffer.startApp(app, { env, awaitHealth: false })
    const how = await victim.exited()
    expect(how, `${app} at ${point}:${pass}`).toEqual({ code: null, signal: 'SIGKILL' })
    kills.set(point, (kills.get(point) ?? 0) + 1)
  }
  await under.coffer.startApp(app)
}
