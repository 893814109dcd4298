import { expect, test } from 'vitest'
import { seedRange } from './seed-range.ts'
import { simulateInParallel } from './simulate-in-parallel.ts'
import type { Verdict } from './simulate-seed.ts'
import { simulateSeeds } from './simulate-seeds.ts'

test('several processes live through seeds exactly as one does', async () => {
  const seeds = seedRange('1..40')
  const hashes = { one: new Map<number, string>(), several: new Map<number, string>() }
  const into = (map: Map<number, string>) => (verdict: Verdict) => {
    map.set(verdict.seed, verdict.hash)
  }

  const several = await simulateInParallel(seeds, { workers: 2, onVerdict: into(hashes.several) })
  const one = await simulateSeeds(seeds, { onVerdict: into(hashes.one) })

  expect(hashes.several.size).toBe(seeds.length)
  expect(new Map([...hashes.several].sort())).toEqual(new Map([...hashes.one].sort()))
  expect(several.coverage.counts()).toEqual(one.coverage.counts())
}, 60_000)
