import { expect, test } from 'vitest'
import type { MemorySample } from './memory-slope.ts'
import { type Soaked, soakVerdict } from './soak-verdict.ts'

const HOUR = 3_600_000

/** A process that holds 100 MB at the beginning and gains so many in an hour, then in another. */
const growing = (first: number, second: number): MemorySample[] =>
  [100, 100 + first, 100 + first + second].map((mb, hour) => ({ atMs: hour * HOUR, pid: 1, mb }))

const soaked = (off: Partial<Soaked> = {}): Soaked => ({
  ...{ deposits: 10, blocks: 20, reorgs: 3, reversals: 2, faults: { drop: 4 } },
  violations: [],
  ...{ missed: 0, findings: [] },
  memory: { rss: new Map([['scanner', growing(50, 1)]]), heap: new Map() },
  warmAtMs: HOUR,
  ...off,
})

const problemsOf = (off: Partial<Soaked>) => soakVerdict(soaked(off), { slopeMax: 10 }).problems

test('a soak in which all went well has figures and no problems', () => {
  expect(soakVerdict(soaked(), { slopeMax: 10 })).toEqual({
    problems: [],
    ...{ deposits: 10, blocks: 20, reorgs: 3, reversals: 2, faults: { drop: 4 } },
    ...{ lost: 0, doubled: 0, violations: 0, missed: 0, findings: 0 },
    rssMb: { scanner: 151 },
    rssSlopeMbPerHour: { scanner: 1 },
    heapSlopeMbPerHour: {},
  })
})

test('what is lost and what is doubled is counted, and every violation told', () => {
  const violations = [
    { invariant: 'I3', problem: 'one is not credited' },
    { invariant: 'I2', problem: 'one has 2 credits' },
    { invariant: 'I8', problem: 'a block is not stored' },
  ]

  const verdict = soakVerdict(soaked({ violations }), { slopeMax: 10 })

  expect(verdict).toMatchObject({ lost: 1, doubled: 1, violations: 3 })
  expect(verdict.problems).toHaveLength(3)
})

test.each<[string, Partial<Soaked>, number]>([
  ['that missed a deposit', { missed: 1 }, 1],
  ['whose audit found something else', { findings: ['Stored, and not on the chain: one.'] }, 1],
  ['that grew', { memory: { rss: new Map([['api', growing(0, 11)]]), heap: new Map() } }, 1],
  ['whose heap grew', { memory: { rss: new Map(), heap: new Map([['api', growing(0, 11)]]) } }, 1],
  [
    'that regains what it gave back',
    {
      memory: {
        rss: new Map([['api', growing(-50, 40)]]),
        heap: new Map(),
      },
    },
    0,
  ],
  [
    'that grew while warming up',
    { memory: { rss: new Map([['api', growing(99, 9)]]), heap: new Map() } },
    0,
  ],
])('one %s is judged', (_, off, count) => {
  expect(problemsOf(off)).toHaveLength(count)
})
