import { existsSync, readFileSync } from 'node:fs'

type Report = {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { name: string; status: string; assertionResults: unknown[] }[]
}

export type TestRun = {
  /** Of vitest; null when a signal ended it. */
  exitCode: number | null
  /** Whether every test was asked for, so that one left out is a fault. */
  isWholeRun: boolean
}

/**
 * Counts a run from vitest's JSON report at `path`. What hides a fault counts as one: a file whose
 * tests couldn't be loaded, a skipped test, an error outside any test, no report, no test at all.
 */
export function testCounts(path: string, { exitCode, isWholeRun }: TestRun) {
  if (!existsSync(path)) {
    return { passed: 0, failed: 1, problems: ['vitest ended without a report.'] }
  }
  const report: Report = JSON.parse(readFileSync(path, 'utf8'))
  const notLoaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const skipped = report.numPendingTests + report.numTodoTests
  const problems = notLoaded.map(({ name }) => `${name} could not be loaded.`)
  if (isWholeRun && skipped > 0) problems.push(`${skipped} tests were skipped.`)
  if (report.numPassedTests + report.numFailedTests === 0) problems.push('No test ran.')
  if (exitCode !== 0 && report.numFailedTests + problems.length === 0) {
    problems.push('vitest failed outside any test, see above.')
  }
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + problems.length,
    problems,
  }
}
