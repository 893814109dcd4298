import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, pause } from './backoff.ts'

test('doubles up to the longest wait, and never goes below half of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), (attempt) => {
      const ceiling = attempt > 6 ? 5_000 : 100 * 2 ** (attempt - 1)

      const wait = backoffMs(attempt, { firstMs: 100, maxMs: 5_000 })

      expect(wait).toBeGreaterThanOrEqual(ceiling / 2)
      expect(wait).toBeLessThanOrEqual(ceiling)
    }),
  )
})

test('a pause ends at once, without an error, when its signal aborts', async () => {
  const stopping = new AbortController()
  const pausing = pause(3_600_000, stopping.signal)

  stopping.abort()

  expect(await pausing).toBeUndefined()
  expect(await pause(3_600_000, stopping.signal)).toBeUndefined()
})
