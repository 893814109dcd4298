import { expect, test } from 'vitest'
import { type MemorySample, memorySlope } from './memory-slope.ts'

const MINUTE = 60_000

/** A sample a minute, of one life: `mb` by the minute. */
const life = (pid: number, from: number, mb: (minute: number) => number): MemorySample[] =>
  Array.from({ length: 30 }, (_, minute) => ({
    atMs: (from + minute) * MINUTE,
    pid,
    mb: mb(minute),
  }))

test('is what a process gains in an hour', () => {
  expect(memorySlope(life(1, 0, (minute) => 100 + minute))).toBeCloseTo(60)
})

test('is nothing of one that goes up and down by as much', () => {
  const sawtooth = life(1, 0, (minute) => 100 + (minute % 3))

  expect(Math.abs(memorySlope(sawtooth) ?? 99)).toBeLessThan(3)
})

test('of a process that was restarted is that of its lives, not the step between them', () => {
  const before = life(1, 0, (minute) => 100 + minute)
  const after = life(2, 30, (minute) => 500 + minute)

  expect(memorySlope([...before, ...after])).toBeCloseTo(60)
})

test('goes by what is held after a collection of garbage, not before', () => {
  const often = Array.from({ length: 180 }, (_, ten) => {
    return { atMs: ten * 10_000, pid: 1, mb: 100 + (ten % 6) * (ten / 6) }
  })

  expect(memorySlope(often)).toBe(0)
})

test('of a life leaves out its first minutes', () => {
  const restarted = life(2, 30, (minute) => (minute < 3 ? 10 * minute : 100))

  expect(memorySlope([...life(1, 0, () => 50), ...restarted])).toBe(0)
})

test('leaves out lives that were cut short', () => {
  const short = life(2, 30, (minute) => 100 * minute).slice(0, 8)

  expect(memorySlope([...life(1, 0, (minute) => 100 + minute), ...short])).toBeCloseTo(60)
})

test('is that since a moment', () => {
  const grownUp = life(1, 0, (minute) => Math.min(minute, 10))

  expect(memorySlope(grownUp, 10 * MINUTE)).toBe(0)
})

test.each([0, 1, 8])('is none that could be told from %d samples', (count) => {
  expect(memorySlope(life(1, 0, () => 100).slice(0, count))).toBeNull()
})
