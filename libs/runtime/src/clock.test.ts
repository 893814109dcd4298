import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'

const HOUR_MS = 3_600_000

test('a pause ends when its time is over', async () => {
  const before = systemClock.nowMs()

  await systemClock.pause(5)

  expect(systemClock.nowMs() - before).toBeGreaterThan(3)
})

test('a pause ends at once when its signal aborts, before it or meanwhile', async () => {
  const stopping = new AbortController()
  const pausing = systemClock.pause(HOUR_MS, stopping.signal)

  stopping.abort()

  expect(await pausing).toBeUndefined()
  expect(await systemClock.pause(HOUR_MS, stopping.signal)).toBeUndefined()
})

test('a pause that is over leaves nothing behind on its signal', async () => {
  const { signal } = new AbortController()
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...parameters: Parameters<typeof add>) => {
    listeners += 1
    add(...parameters)
  }
  signal.removeEventListener = (...parameters: Parameters<typeof remove>) => {
    listeners -= 1
    remove(...parameters)
  }

  await systemClock.pause(1, signal)

  expect(listeners).toBe(0)
})
