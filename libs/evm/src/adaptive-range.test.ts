import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adaptiveRange, inPieces } from './adaptive-range.ts'

describe('the range', () => {
  test('halves when it is refused, once for all that were asked for at the same size', () => {
    const range = adaptiveRange({ first: 1_000, max: 2_000 })

    range.refused(1_000)
    range.refused(1_000)

    expect(range.size()).toBe(500)
  })

  test('never falls below one, and says when less is not to be had', () => {
    const range = adaptiveRange({ first: 2, max: 2 })

    expect([range.refused(2), range.size()]).toEqual([true, 1])
    expect([range.refused(1), range.size()]).toEqual([false, 1])
  })

  test('grows after many full answers, and never beyond its most', () => {
    const range = adaptiveRange({ first: 80, max: 100, growAfter: 2 })
    const sizes: number[] = []
    for (let answers = 0; answers < 6; answers++) {
      range.answered(range.size())
      sizes.push(range.size())
    }
    range.answered(1)

    expect(sizes).toEqual([80, 90, 90, 100, 100, 100])
  })

  test('runs ever less often into a limit that stays', () => {
    const range = adaptiveRange({ first: 1_000, max: 1_000, growAfter: 4 })
    const refusals: number[] = []
    for (let asked = 0; asked < 4_000; asked++) {
      const size = range.size()
      if (size <= 300) range.answered(size)
      else {
        range.refused(size)
        refusals.push(asked)
      }
    }

    const late = refusals.filter((asked) => asked >= 2_000)
    expect(late.length).toBeLessThan(15)
    expect(range.size()).toBeGreaterThan(125)
  })
})

describe('pieces', () => {
  const TOO_LARGE = new Error('too large')
  const isTooLarge = (error: unknown) => error === TOO_LARGE

  test('are read all at once and put together in order, whatever the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 400 }),
        async (limit, count, first) => {
          const range = adaptiveRange({ first, max: 400 })

          const read = await inPieces({ range, count, isTooLarge }, async (from, length) => {
            if (length > limit) throw TOO_LARGE
            return Array.from({ length }, (_, index) => from + index)
          })

          expect(read).toEqual(Array.from({ length: count }, (_, index) => index))
        },
      ),
    )
  })

  test('fail when one alone is too large, or for any other reason', async () => {
    const range = adaptiveRange({ first: 4, max: 4 })
    const away = new Error('away')

    const tooLarge = inPieces({ range, count: 4, isTooLarge }, () => Promise.reject(TOO_LARGE))
    const failed = inPieces({ range, count: 4, isTooLarge }, () => Promise.reject(away))

    await expect(tooLarge).rejects.toBe(TOO_LARGE)
    await expect(failed).rejects.toBe(away)
  })
})
