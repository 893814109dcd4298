import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { CRASH_PAIRS, crashPair, noKills, SMALL_STEPS } from './crash-pairs.ts'

/** One after some work, while catching up. `npm run crash` kills at the first and later, too. */
const PASSES = [3]

let under: CofferUnderTest
const kills = noKills()

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

test.for(CRASH_PAIRS)(
  'loses and doubles nothing when killed at $scanner and $accounts',
  async (pair) => {
    await crashPair(under, pair, { passes: PASSES, kills })

    expect(await under.violations()).toEqual([])
  },
)

test('each crash point has killed', () => {
  const tooFew = [...kills].filter(([, times]) => times < 1)

  expect(tooFew).toEqual([])
})
