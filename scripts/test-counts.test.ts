import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testCounts } from './test-counts.ts'

const GREEN = {
  numPassedTests: 2,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: [{}, {}] }],
}
const WHOLE = { exitCode: 0, isWholeRun: true }

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-counts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function report(content: object): string {
  const path = join(folder, 'report.json')
  writeFileSync(path, JSON.stringify(content))
  return path
}

test('counts what passed when nothing failed', () => {
  expect(testCounts(report(GREEN), WHOLE)).toEqual({ passed: 2, failed: 0, problems: [] })
})

test.for([
  [
    'a file that could not be loaded',
    { testResults: [{ name: 'b.test.ts', status: 'failed', assertionResults: [] }] },
    { ...WHOLE, exitCode: 1 },
    'b.test.ts could not be loaded.',
  ],
  ['a skipped test', { numPendingTests: 1 }, WHOLE, '1 tests were skipped.'],
  ['a test only planned', { numTodoTests: 1 }, WHOLE, '1 tests were skipped.'],
  ['an error outside any test', {}, { ...WHOLE, exitCode: 1 }, 'vitest failed outside any test'],
  ['a run that a signal ended', {}, { ...WHOLE, exitCode: null }, 'vitest failed outside any test'],
  ['a run without tests', { numPassedTests: 0 }, WHOLE, 'No test ran.'],
] as const)('%s counts as a failure', ([, difference, run, problem]) => {
  const { failed, problems } = testCounts(report({ ...GREEN, ...difference }), run)

  expect(failed).toBe(1)
  expect(problems).toEqual([expect.stringContaining(problem)])
})

test('failed tests are not counted twice for the exit code', () => {
  const path = report({ ...GREEN, numFailedTests: 3 })

  expect(testCounts(path, { exitCode: 1, isWholeRun: true })).toMatchObject({ failed: 3 })
})

test('a run of chosen tests may leave others out', () => {
  const path = report({ ...GREEN, numPendingTests: 40 })

  expect(testCounts(path, { exitCode: 0, isWholeRun: false })).toMatchObject({ failed: 0 })
})

test('a run that left no report is a failure', () => {
  expect(testCounts(join(folder, 'none.json'), { exitCode: 1, isWholeRun: true })).toMatchObject({
    passed: 0,
    failed: 1,
  })
})
