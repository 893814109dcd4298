import { expect, test } from 'vitest'
import { inGroups } from './in-groups.ts'

/** Handles numbers by doubling them; some are bad. */
function doubling({ bad = [], away = false }: { bad?: readonly number[]; away?: boolean } = {}) {
  const groups: number[][] = []
  const double = inGroups<number, number>({
    handle: async (items) => {
      groups.push([...items])
      await Promise.resolve()
      if (away) throw new Error('away')
      if (items.some((item) => bad.includes(item))) throw new Error('bad')
      return items.map((item) => 2 * item)
    },
    sizeMax: 3,
    isOutage: (error) => (error as Error).message === 'away',
  })
  return { groups, double }
}

test('what comes at once is handled at once, no more than so many, and each gets its own', async () => {
  const { groups, double } = doubling()

  expect(await Promise.all([1, 2, 3, 4].map(double))).toEqual([2, 4, 6, 8])

  expect(groups).toEqual([[1, 2, 3], [4]])
})

test('what comes while others are handled waits for them, and is handled with its likes', async () => {
  const { groups, double } = doubling()
  const first = double(1)
  await new Promise(setImmediate)

  expect(await Promise.all([double(2), double(3), first])).toEqual([4, 6, 2])
  expect(await double(4)).toBe(8)

  expect(groups).toEqual([[1], [2, 3], [4]])
})

test('what cannot be handled fails alone', async () => {
  const { double } = doubling({ bad: [2, 5] })

  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(double))

  expect(outcomes.map((each) => (each.status === 'fulfilled' ? each.value : 'bad'))).toEqual([
    2,
    'bad',
    6,
    8,
    'bad',
  ])
})

test('an outage fails all at once: nothing is tried alone', async () => {
  const { groups, double } = doubling({ away: true })

  const outcomes = await Promise.allSettled([1, 2, 3].map(double))

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(groups).toEqual([[1, 2, 3]])
})

test('so many groups are under way at once, and no more', async () => {
  const groups: number[][] = []
  const ended: (() => void)[] = []
  const double = inGroups<number, number>({
    async handle(items) {
      groups.push([...items])
      await new Promise<void>((resolve) => ended.push(resolve))
      return items.map((item) => 2 * item)
    },
    ...{ sizeMax: 10, isOutage: () => false, atOnceMax: 2 },
  })
  const asked: Promise<number>[] = []
  for (const item of [1, 2, 3, 4]) {
    asked.push(double(item))
    await new Promise(setImmediate)
  }

  expect(groups).toEqual([[1], [2]])
  ended.shift()?.()
  await asked[0]
  await new Promise(setImmediate)
  expect(groups).toEqual([[1], [2], [3, 4]])

  for (const end of ended) end()
  expect(await Promise.all(asked)).toEqual([2, 4, 6, 8])
})
