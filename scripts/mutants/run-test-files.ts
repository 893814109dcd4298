import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** The tests that failed, by file; a file whose tests could not be loaded has `problem` instead. */
export type TestOutcome = {
  failed: readonly { file: string; test: string }[]
  /** Why the run says nothing about the code. */
  problem: string | undefined
}

type Report = {
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; fullName: string }[]
  }[]
}

/**
 * Milliseconds that a test may take. Some bugs make one wait for what never comes, and its own
 * limit would let it wait long; without a bug a slow machine must not look like one.
 */
const TEST_MS_MAX = { toCatch: 20_000, toPass: 120_000 }

/** A run that takes longer hangs, milliseconds. */
const RUN_MS_MAX = 600_000

/** Runs test files of the repository at `root`, up to the first failure if `bail`. */
export async function runTestFiles(
  root: string,
  files: readonly string[],
  { bail, signal }: { bail: boolean; signal: AbortSignal },
): Promise<TestOutcome> {
  const path = join(root, 'mutants-report.json')
  rmSync(path, { force: true })
  const output = await vitest(
    root,
    [
      ...['run', '--reporter=json', `--outputFile.json=${path}`],
      ...(bail ? ['--bail=1'] : []),
      `--testTimeout=${bail ? TEST_MS_MAX.toCatch : TEST_MS_MAX.toPass}`,
      ...files,
    ],
    signal,
  )
  signal.throwIfAborted()
  if (!existsSync(path)) return { failed: [], problem: `vitest ended without a report. ${output}` }
  return outcomeOf(JSON.parse(readFileSync(path, 'utf8')), root, output)
}

function outcomeOf({ testResults }: Report, root: string, output: string): TestOutcome {
  const failed = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => ({ file: name.slice(root.length + 1), test: fullName })),
  )
  const notLoaded = testResults.find(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  if (failed.length === 0 && notLoaded) {
    return { failed, problem: `${notLoaded.name} could not be loaded: ${notLoaded.message}` }
  }
  const ran = testResults.some(({ assertionResults }) => assertionResults.length > 0)
  return { failed, problem: ran ? undefined : `No test ran. ${output}` }
}

/** Runs vitest to its end and answers what it had to say. */
function vitest(root: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const program = join(root, 'node_modules/vitest/vitest.mjs')
  const child = spawn(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', program, ...args],
    {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: RUN_MS_MAX,
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = `${output}${chunk.toString()}`.slice(-2_000)
    })
  }
  const stop = () => child.kill('SIGTERM')
  signal.addEventListener('abort', stop)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => {
      signal.removeEventListener('abort', stop)
      resolve(output)
    })
  })
}
