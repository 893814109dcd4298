import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { untilStopped } from './until-stopped.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends at %s', async (signal) => {
  const stopped = untilStopped()

  process.emit(signal, signal)

  expect(await stopped).toBe(signal)
  vi.runAllTimers()
})

test('bears the same signal by several ways, and leaves a later one to end the process', () => {
  const before = process.listenerCount('SIGINT')
  void untilStopped()
  process.emit('SIGINT', 'SIGINT')

  vi.advanceTimersByTime(999)
  expect(process.listenerCount('SIGINT')).toBe(before + 1)
  process.emit('SIGINT', 'SIGINT')

  vi.advanceTimersByTime(1)
  expect(process.listenerCount('SIGINT')).toBe(before)
  vi.runAllTimers()
})
