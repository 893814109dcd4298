import { expect, test } from 'vitest'
import { CORPUS } from './corpus.ts'
import { openCoverage } from './coverage.ts'
import { SEEDS_FOR_EVERYTHING } from './missing.ts'
import { seedRange } from './seed-range.ts'
import { simulateSeed } from './simulate-seed.ts'
import { simulateSeeds } from './simulate-seeds.ts'

test('whatever a seed of the corpus holds, every invariant holds once it has healed', async () => {
  const { failed, missing } = await simulateSeeds(CORPUS, { failuresMax: 3 })

  expect(CORPUS.length).toBeGreaterThanOrEqual(SEEDS_FOR_EVERYTHING)
  expect(failed.map(({ seed, violations }) => [seed, violations[0]])).toEqual([])
  expect(missing).toEqual([])
}, 300_000)

test('a seed is lived through in the same way each time, and others in another', async () => {
  const traces: (readonly string[])[] = []
  for (const seed of [7, 8, 7]) {
    const { trace } = await simulateSeed(seed, openCoverage())
    traces.push(trace)
  }

  expect(traces[0]?.length).toBeGreaterThan(500)
  expect(traces[2]).toEqual(traces[0])
  expect(traces[1]).not.toEqual(traces[0])
})

test.each(['', '1..', '2..1', '-1', '1.5', 'all'])('%j names no seeds', (text) => {
  expect(() => seedRange(text)).toThrow(/Expected 7, or 1\.\.200/)
})

test('seeds are named one by one or as a stretch', () => {
  expect([seedRange('7'), seedRange('3..5')]).toEqual([[7], [3, 4, 5]])
})
