import type { Logger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { expect, test } from 'vitest'
import { type InvariantViolation, watchInvariants } from './watch-invariants.ts'

const violation = (invariant: string, subject = 'x'): InvariantViolation => {
  return { invariant, subject, problem: 'is wrong' }
}

type Answer = () => Promise<InvariantViolation[]>

/** One round for each of `answers`, a minute apart, and what was told after each. */
async function rounds(...answers: Answer[]) {
  const stop = new AbortController()
  const metrics = createMetrics('test')
  const logged: string[] = []
  const log = (fields: { subject?: string; error?: string }) => {
    logged.push(fields.subject ?? fields.error ?? '')
  }
  const told: string[][] = []
  let now = 0
  const looksOnce = async () => {
    now += 60_000
    return (await answers.shift()?.()) ?? []
  }
  const tellsThen = async () => {
    told.push((await metrics.metrics()).match(/(?<=^coffer_invariant_).*"books".*/gm) ?? [])
    if (answers.length === 0) stop.abort()
    return []
  }
  const checks = [
    { name: 'books', invariants: ['I1', 'I6'], look: looksOnce },
    { name: 'then', invariants: [], look: tellsThen },
  ]
  const logger = { error: log, warn: log } as unknown as Logger
  await watchInvariants({ checks, metrics, logger, everyMs: 0, clock: () => now })(stop.signal)
  return { told, logged }
}

const figures = (i1: number, i6: number, ageSeconds: number) => [
  `check_age_seconds{check="books",process="test"} ${ageSeconds}`,
  `violations{check="books",invariant="I1",process="test"} ${i1}`,
  `violations{check="books",invariant="I6",process="test"} ${i6}`,
]

test('tells how many violations each invariant has, and the first ten of them by name', async () => {
  const many = Array.from({ length: 12 }, (_, place) => violation('I1', `account ${place}`))

  const { told, logged } = await rounds(
    async () => [...many, violation('I6')],
    async () => [],
  )

  expect(told).toEqual([figures(12, 1, 0), figures(0, 0, 0)])
  expect(logged).toEqual(many.slice(0, 10).map(({ subject }) => subject))
})

test('what a check said grows old while the check fails, and the others go on', async () => {
  const fails = () => Promise.reject(new Error('away'))

  const { told, logged } = await rounds(async () => [violation('I6')], fails, fails)

  expect(told).toEqual([figures(0, 1, 0), figures(0, 1, 60), figures(0, 1, 120)])
  expect(logged).toEqual(['x', 'away', 'away'])
})

test('of a check that never succeeded it tells no figure, but for how long', async () => {
  const { told } = await rounds(() => Promise.reject(new Error('away')))

  expect(told).toEqual([figures(0, 0, 60).slice(0, 1)])
})
