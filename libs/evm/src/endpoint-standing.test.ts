import { describe, expect, test } from 'vitest'
import { commonHead, costOf, rankOf, type Standing } from './endpoint-standing.ts'

const FIT: Standing = {
  circuit: 'closed',
  isDistrusted: false,
  failures: 0,
  head: 100n,
  behindSinceMs: undefined,
  heldMs: 0,
  latencyMs: 10,
  load: 0,
  concurrency: 8,
  rate: Number.POSITIVE_INFINITY,
  weight: 1,
}

test.each<[string, (bigint | undefined)[], bigint | undefined]>([
  ['nobody', [], undefined],
  ['those who have told none', [undefined, undefined], undefined],
  ['one', [7n], 7n],
  ['two', [7n, 9n], 9n],
  ['two and one who has told none', [7n, undefined, 9n], 9n],
  ['three who differ', [7n, 9n, 8n], 8n],
  ['three of whom two agree', [7n, 9n, 9n], 9n],
  ['four of whom one is far ahead', [10n ** 9n, 9n, 7n, 9n], 9n],
])('the head of %s to go by', (_, heads, common) => {
  expect(commonHead(heads)).toBe(common)
})

describe('the rank', () => {
  test.each<[string, Partial<Standing>, number]>([
    ['fit', {}, 0],
    ['of an unknown head', { head: undefined }, 0],
    ['a little behind', { head: 98n, behindSinceMs: 5_000 }, 0],
    ['without the block', { head: 99n }, 1],
    ['to be left alone for a while', { heldMs: 1 }, 1],
    ['far behind', { head: 96n }, 2],
    ['far ahead', { head: 104n }, 2],
    ['behind for long', { head: 99n, behindSinceMs: 4_999 }, 2],
    ['to be tried once', { circuit: 'half-open' }, 3],
    ['left alone', { circuit: 'open' }, 4],
    ['contradicted by the others', { isDistrusted: true }, 5],
  ])('of an endpoint that is %s', (name, change, rank) => {
    const height = name === 'without the block' ? 100n : 98n
    const limits = { lagBlocksMax: 3, lagMsMax: 15_000 }

    const given = rankOf({ ...FIT, ...change }, limits, { nowMs: 20_000, head: 100n, height })

    expect(given).toBe(rank)
  })
})

describe('the cost', () => {
  const cost = (change: Partial<Standing> = {}) => costOf({ ...FIT, ...change })

  test('grows with latency, and with what was begun before', () => {
    expect(cost({ latencyMs: 20 })).toBeGreaterThan(cost())
    expect(cost({ load: 8 })).toBeCloseTo(2 * cost(), 1)
    expect(cost({ load: 8, concurrency: 4 })).toBeGreaterThan(cost({ load: 8 }))
  })

  test('grows with the wait for a turn where the rate is limited', () => {
    expect(cost({ load: 3, rate: 10 })).toBeCloseTo(310, 1)
  })

  test('doubles with each failure in a row, and is divided by the weight', () => {
    expect(cost({ failures: 3 })).toBeCloseTo(8 * cost())
    expect(cost({ weight: 10 })).toBeCloseTo(cost() / 10)
  })
})
