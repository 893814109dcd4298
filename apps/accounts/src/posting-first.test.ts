import type { Delivery } from '@coffer/messaging/ports'
import { expect, test } from 'vitest'
import { postingFirst } from './posting-first.ts'

const GIVE_WAY_MS = 10_000

/** A service whose time is `at`, and the steps of what gives way to its posting. */
function service() {
  const time = { nowMs: 0 }
  const clock = { nowMs: () => time.nowMs }
  const posting = postingFirst({ clock, giveWayMs: GIVE_WAY_MS })
  let steps = 0
  const relay = posting.givingWay(async () => {
    steps += 1
    return steps === 1 ? 'busy' : 'idle'
  })
  return { time, ...posting, relay, steps: () => steps }
}

const deliveries = (count: number): Delivery[] =>
  Array.from({ length: count }, (_, place) => ({
    topic: 'wallet.events',
    partition: 0,
    offset: `${place}`,
    key: 'alice',
    headers: {},
    value: '{}',
  }))

test('a large batch holds others up while it is posted, and a moment longer', async () => {
  const { time, goingFirst, relay, steps } = service()
  const posted = Promise.withResolvers<void>()

  const posting = goingFirst(() => posted.promise)(deliveries(250))
  expect([await relay(), steps()]).toEqual(['idle', 0])
  posted.resolve()
  await posting
  time.nowMs += 249
  expect([await relay(), steps()]).toEqual(['idle', 0])
  time.nowMs += 1

  expect([await relay(), steps()]).toEqual(['busy', 1])
})

test('what gives way to a rush without a pause is late by what it may be, and no more', async () => {
  const { time, goingFirst, relay, steps } = service()
  let first: number | undefined
  for (; time.nowMs < 2 * GIVE_WAY_MS; time.nowMs += 100) {
    await goingFirst(async () => undefined)(deliveries(2_000))
    await relay()
    if (steps() > 0) first ??= time.nowMs
  }

  expect(first).toBe(GIVE_WAY_MS)
  // It went on until it had found nothing to do, and then waited anew.
  expect(steps()).toBe(2)
})

test('a small batch holds nobody up', async () => {
  const { goingFirst, relay } = service()

  await goingFirst(async () => undefined)(deliveries(249))

  expect(await relay()).toBe('busy')
})

test('a batch that fails holds nobody up, and its failure is told', async () => {
  const { goingFirst, relay } = service()
  const handler = goingFirst(async () => {
    throw new Error('away')
  })

  await expect(handler(deliveries(2_000))).rejects.toThrow('away')

  expect(await relay()).toBe('busy')
})
