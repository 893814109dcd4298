/**
 * Runs everything that must hold: the static checks, then every test. With arguments, which go to
 * vitest, only the tests they name. The last line is always `N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChecks } from './run-checks.ts'
import { testCounts } from './test-counts.ts'

const ROOT = join(import.meta.dirname, '..')
const filters = process.argv.slice(2)

const checks = filters.length === 0 ? runChecks() : { passed: 0, failed: 0 }
const tests = await runTests()
const passed = checks.passed + tests.passed
const failed = checks.failed + tests.failed
for (const problem of tests.problems) process.stdout.write(`${problem}\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-test-'))
  try {
    const report = join(folder, 'report.json')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const exitCode = await vitest(['run', ...reporters, ...filters])
    return testCounts(report, { exitCode, isWholeRun: filters.length === 0 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs vitest to its end; told to stop, it stops the parts that it started first. */
function vitest(args: readonly string[]): Promise<number | null> {
  const program = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const child = spawn(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', program, ...args],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  // Ctrl-C in a terminal reaches vitest by itself.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', resolve)
  })
}
