import { expect, test } from 'vitest'
import type { SharedCounts } from '../ports.ts'
import { limitRate } from './limit-rate.ts'

const MINUTE = 60_000

/** Counts in memory, as several processes would share them. */
function sharedCounts(): SharedCounts & { asked: number; isAway: boolean } {
  const totals = new Map<string, number>()
  return {
    asked: 0,
    isAway: false,
    async add(name, amount) {
      this.asked += 1
      if (this.isAway) throw new Error('away')
      const total = (totals.get(name) ?? 0) + amount
      totals.set(name, total)
      return total
    },
  }
}

function limiter(shared?: SharedCounts) {
  const clock = { ms: 30 * MINUTE }
  const failures: unknown[] = []
  const onAlone = (error: unknown) => failures.push(error)
  return { clock, failures, take: limitRate({ shared, now: () => clock.ms, onAlone }) }
}

async function allowedOf(take: ReturnType<typeof limitRate>, times: number, limit: number) {
  const taken = Array.from({ length: times }, async () => take('key', limit))
  return (await Promise.all(taken)).filter(({ isAllowed }) => isAllowed).length
}

test('A4: allows as many as the limit says, and the next minute as many again', async () => {
  const { clock, take } = limiter(sharedCounts())

  expect(await allowedOf(take, 150, 100)).toBe(100)
  expect(await take('key', 100)).toEqual({
    ...{ isAllowed: false, limit: 100, remaining: 0, resetSeconds: 60 },
  })
  clock.ms += MINUTE
  expect(await allowedOf(take, 150, 100)).toBe(100)
})

test('A4: processes share a limit, and ask for a twentieth of it at once', async () => {
  const shared = sharedCounts()
  const [one, other] = [limiter(shared), limiter(shared)]

  const allowed = await Promise.all([
    allowedOf(one.take, 1_000, 1_000),
    allowedOf(other.take, 1_000, 1_000),
  ])

  expect(allowed.reduce((sum, each) => sum + each)).toBe(1_000)
  expect(shared.asked).toBeLessThanOrEqual(22)
})

test('says what is left, and when it is all there again', async () => {
  const { clock, take } = limiter(sharedCounts())
  clock.ms += 15_001

  expect(await take('key', 40)).toEqual({
    ...{ isAllowed: true, limit: 40, remaining: 39, resetSeconds: 45 },
  })
  // What is leased is given without anybody being asked.
  expect(take('key', 40)).toMatchObject({ isAllowed: true, remaining: 38 })
})

test('A4: while counts are away each process holds to the limit alone, and says so once', async () => {
  const shared = sharedCounts()
  const { clock, failures, take } = limiter(shared)
  shared.isAway = true

  expect(await allowedOf(take, 150, 100)).toBe(100)
  expect([failures.length, shared.asked]).toEqual([1, 1])

  clock.ms += MINUTE
  shared.isAway = false
  expect(await allowedOf(take, 150, 100)).toBe(100)
  expect(shared.asked).toBeGreaterThan(1)
})

test('keys have limits of their own', async () => {
  const { take } = limiter()

  expect(await allowedOf(take, 20, 10)).toBe(10)
  expect(await take('other', 10)).toMatchObject({ isAllowed: true, remaining: 9 })
})
