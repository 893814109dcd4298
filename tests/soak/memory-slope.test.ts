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

  expect(Math.abs(memorySlope(sawtooth))).toBeLessThan(3)
})

test('of a process that was restarted is that of its lives, not the step between them', () => {
  const before = life(1, 0, (minute) => 100 + minute)
  const after = life(2, 30, (minute) => 500 + minute)

  expect(memorySlope([...before, ...after])).toBeCloseTo(60)
})

test.each([0, 1])('is none that could be told from %d samples', (count) => {
  expect(memorySlope(life(1, 0, () => 100).slice(0, count))).toBe(0)
})
