import { expect, test } from 'vitest'
import { adaptiveLimit, type RequestEnd } from './adaptive-limit.ts'

const SECOND = 1_000

test('lets as many requests be in flight as it may, and the next when one has ended', () => {
  const limit = adaptiveLimit({ concurrency: 2, concurrencyMax: 2 })
  const first = limit.started(0)
  limit.started(0)

  expect(limit.startsAt(0)).toBeUndefined()
  first('answered', 5)
  expect(limit.startsAt(5)).toBe(5)
  expect(limit.inFlight).toBe(1)
})

test('rises by about one for as many answers as there are in flight', () => {
  const limit = adaptiveLimit({ concurrency: 4, concurrencyMax: 8 })

  rounds(limit, { count: 1, at: 0, end: 'answered' })
  const once = limit.concurrency
  rounds(limit, { count: 20, at: 0, end: 'answered' })

  expect([once, limit.concurrency]).toEqual([4, 8])
})

test('does not rise while nobody needs it', () => {
  const limit = adaptiveLimit({ concurrency: 8, concurrencyMax: 64 })
  for (let request = 0; request < 1_000; request++) limit.started(request)('answered', request)

  expect(limit.concurrency).toBe(8)
})

test('halves when it was too much, once for all that were sent before that was known', () => {
  const limit = adaptiveLimit({ concurrency: 16, concurrencyMax: 16 })
  const ends = Array.from({ length: 16 }, () => limit.started(0))

  for (const end of ends) end('overloaded', 10)
  const after = limit.concurrency
  limit.started(20)('overloaded', 30)

  expect([after, limit.concurrency]).toEqual([8, 4])
})

test('never falls below one at a time', () => {
  const limit = adaptiveLimit({ concurrency: 2, concurrencyMax: 2 })
  for (let at = 0; at < 10; at++) limit.started(at)('overloaded', at)

  expect(limit.startsAt(10)).toBe(10)
})

test('leaves an endpoint alone for as long as it asks, within reason', () => {
  const limit = adaptiveLimit({ concurrency: 2, concurrencyMax: 2, holdMsMax: 60 * SECOND })

  limit.held(0, 7 * SECOND)
  const patient = limit.startsAt(SECOND)
  limit.held(SECOND, 86_400 * SECOND)

  expect(patient).toBe(7 * SECOND)
  expect(limit.startsAt(SECOND)).toBe(61 * SECOND)
})

test('sends no more a second than was answered before a complaint, and creeps up again', () => {
  const limit = adaptiveLimit({ concurrency: 100, concurrencyMax: 100 })
  for (let at = 0; at < SECOND; at += 20) limit.started(at)('answered', at)
  limit.held(SECOND, undefined)
  limit.held(SECOND + 1, undefined)
  const cut = limit.rate

  let at = SECOND
  for (let request = 0; request < 100; request++) {
    at = limit.startsAt(at) ?? at
    limit.started(at)('answered', at)
  }

  expect(cut).toBe(50)
  expect(at).toBeGreaterThan(2.8 * SECOND)
  expect(limit.rate).toBeGreaterThan(55)
  expect(limit.rate).toBeLessThan(60)
})

test('finds the rate of an endpoint that refuses all beyond it, and wastes little', () => {
  const limit = adaptiveLimit({ concurrency: 100, concurrencyMax: 100 })
  const sent = { answered: 0, overloaded: 0 }
  let [second, inSecond] = [0, 0]
  for (let at = 0; at < 60 * SECOND; ) {
    at = Math.max(at + 1, limit.startsAt(at) ?? at)
    if (Math.floor(at / SECOND) !== second) [second, inSecond] = [Math.floor(at / SECOND), 0]
    inSecond += 1
    const end = inSecond <= 100 ? 'answered' : 'overloaded'
    if (second >= 5) sent[end] += 1
    limit.started(at)(end, at)
    if (end === 'overloaded') limit.held(at, undefined)
  }

  expect(sent.answered).toBeGreaterThan(55 * 95)
  expect(sent.overloaded).toBeLessThan(55 * 10)
})

/** As many requests as are allowed at once, `count` times. */
function rounds(
  limit: ReturnType<typeof adaptiveLimit>,
  { count, at, end }: { count: number; at: number; end: RequestEnd },
) {
  for (let round = 0; round < count; round++) {
    const ends: ReturnType<typeof limit.started>[] = []
    while (limit.startsAt(at) !== undefined) ends.push(limit.started(at))
    for (const each of ends) each(end, at)
  }
}
