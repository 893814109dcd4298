import { expect, test } from 'vitest'
import type { MemorySample } from './memory-slope.ts'
import { type Soaked, soakVerdict } from './soak-verdict.ts'

const HOUR = 3_600_000
const LIMITS = { slopeMax: 5, rssSlopeMax: 10 }

/** A process that holds 100 MB at the beginning and gains so many in an hour, then in another. */
const growing = (first: number, second: number): MemorySample[] =>
  [100, 100 + first, 100 + first + second].map((mb, hour) => ({ atMs: hour * HOUR, pid: 1, mb }))

const soaked = (off: Partial<Soaked> = {}): Soaked => ({
  ...{ deposits: 10, blocks: 20, reorgs: 3, reversals: 2, faults: { drop: 4 } },
  violations: [],
  ...{ missed: 0, findings: [] },
  memory: {
    rss: new Map([['scanner', growing(100, 7)]]),
    live: new Map([['scanner', growing(50, 1)]]),
  },
  warmAtMs: HOUR,
  ...off,
})

const holding = ({ rss = growing(0, 0), live = growing(0, 0) }): Partial<Soaked> => ({
  memory: { rss: new Map([['api', rss]]), live: new Map([['api', live]]) },
})

const problemsOf = (off: Partial<Soaked>) => soakVerdict(soaked(off), LIMITS).problems

test('a soak in which all went well has figures and no problems', () => {
  expect(soakVerdict(soaked(), LIMITS)).toEqual({
    problems: [],
    ...{ deposits: 10, blocks: 20, reorgs: 3, reversals: 2, faults: { drop: 4 } },
    ...{ lost: 0, doubled: 0, violations: 0, missed: 0, findings: 0 },
    liveMb: { scanner: 151 },
    liveSlopeMbPerHour: { scanner: 1 },
    rssMb: { scanner: 207 },
    rssSlopeMbPerHour: { scanner: 7 },
  })
})

test('what is lost and what is doubled is counted, and every violation told', () => {
  const violations = [
    { invariant: 'I3', problem: 'one is not credited' },
    { invariant: 'I2', problem: 'one has 2 credits' },
    { invariant: 'I8', problem: 'a block is not stored' },
  ]

  const verdict = soakVerdict(soaked({ violations }), LIMITS)

  expect(verdict).toMatchObject({ lost: 1, doubled: 1, violations: 3 })
  expect(verdict.problems).toHaveLength(3)
})

test.each<[string, Partial<Soaked>, number]>([
  ['that missed a deposit', { missed: 1 }, 1],
  ['whose audit found something else', { findings: ['Stored, and not on the chain: one.'] }, 1],
  ['that learnt nothing of memory', { memory: { rss: new Map(), live: new Map() } }, 1],
  ['that grew', holding({ rss: growing(0, 11) }), 1],
  ['that grew by what is in use', holding({ live: growing(0, 6) }), 1],
  ['that regains what it gave back', holding({ rss: growing(-50, 40) }), 0],
  ['that grew while warming up', holding({ rss: growing(99, 9), live: growing(99, 4) }), 0],
])('one %s is judged', (_, off, count) => {
  expect(problemsOf(off)).toHaveLength(count)
})
