import { chainIdOf } from '@coffer/money/chain-id'
import { expect, test } from 'vitest'
import type { NotTaken, PayoutMetrics } from './ports.ts'
import { tellingRefusals } from './telling-refusals.ts'

const [ONE, OTHER] = [chainIdOf(1), chainIdOf(2)]

test('what an operator can mend is logged once a minute, and each time is counted', () => {
  const counted: string[] = []
  const logged: unknown[] = []
  let at = 1_000_000
  const metrics = tellingRefusals({
    metrics: {
      ...({} as PayoutMetrics),
      notTaken: (chain, { outcome }) => counted.push(`${chain} ${outcome}`),
    },
    logger: { warn: (facts: unknown) => logged.push(facts) },
    now: () => at,
  })
  const say = (outcome: NotTaken['outcome'], chain = ONE) =>
    metrics.notTaken(chain, { outcome, reason: `${outcome} at ${at}` })

  say('funds')
  say('funds')
  say('nonce_used')
  say('refused')
  say('funds', OTHER)
  at += 60_000
  say('funds')

  expect(counted).toHaveLength(6)
  expect(logged).toEqual([
    { chain: ONE, outcome: 'funds', reason: 'funds at 1000000' },
    { chain: ONE, outcome: 'refused', reason: 'refused at 1000000' },
    { chain: OTHER, outcome: 'funds', reason: 'funds at 1000000' },
    { chain: ONE, outcome: 'funds', reason: 'funds at 1060000' },
  ])
})
