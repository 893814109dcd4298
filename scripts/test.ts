/**
 * Runs everything that must hold: the static checks, then every test. With arguments, which go to
 * vitest, only the tests they name. The last line is always `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChecks } from './run-checks.ts'
import { testCounts } from './test-counts.ts'

const ROOT = join(import.meta.dirname, '..')
const filters = process.argv.slice(2)

const checks = filters.length === 0 ? runChecks() : { passed: 0, failed: 0 }
const tests = runTests()
const passed = checks.passed + tests.passed
const failed = checks.failed + tests.failed
for (const problem of tests.problems) process.stdout.write(`${problem}\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-test-'))
  try {
    const report = join(folder, 'report.json')
    const { status } = spawnSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...filters,
      ],
      { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
    )
    return testCounts(report, { exitCode: status, isWholeRun: filters.length === 0 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
