/**
 * Plants one bug after another in a copy of the repository and runs the tests that have to notice:
 * `npm run mutants [-- WORD…]`, with words only the bugs whose name or file contains one of them,
 * and with `--only NAME` (again for each) only those of exactly these names.
 * Prints a line for each, and fails if a bug survives or can't be planted any more.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startStack } from '../libs/devstack/src/start-stack.ts'
import { readOptions } from '../libs/runtime/src/read-options.ts'
import { type Mutation, mutate } from './mutants/mutation.ts'
import { mutations } from './mutants/mutations.ts'
import { privateCopy } from './mutants/private-copy.ts'
import { runTestFiles, type TestOutcome } from './mutants/run-test-files.ts'

const ROOT = join(import.meta.dirname, '..')
const USAGE = `npm run mutants -- [WORD…] [--only NAME]…

Plants one bug after another in a copy of the repository and runs the tests that have to notice.

  WORD           only bugs whose name or file contains one of these
  --only NAME    only the bug of exactly this name; may be given more than once`

const { positionals: words, values } = readOptions(USAGE, {
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true, default: [] } },
})
const isChosen = ({ name, file }: Mutation) =>
  values.only.includes(name) || words.some((word) => `${name} ${file}`.includes(word))
const isAll = words.length + values.only.length === 0
const chosen = isAll ? mutations : mutations.filter(isChosen)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort())

try {
  process.exitCode = await run()
} catch (error) {
  if (!stopping.signal.aborted) throw error
  process.exitCode = 130
}

async function run(): Promise<number> {
  if (chosen.length === 0) return fail(`No mutation is one of these: ${[...words, ...values.only]}`)
  using copy = privateCopy(ROOT)
  await using stack = await stackFor(copy.root)
  void stack

  const files = [...new Set(chosen.flatMap(({ tests }) => tests))]
  const [without] = await timed(() => tested(copy.root, files, false))
  const [broken] = without.failed
  if (without.problem) return fail(without.problem)
  if (broken) return fail(`Without any bug planted "${broken.test}" fails, in ${broken.file}.`)

  let survivors = 0
  for (const mutation of chosen) survivors += (await isCaught(copy.root, mutation)) ? 0 : 1
  const caught = chosen.length - survivors
  process.stdout.write(`${caught} caught, ${survivors} not\n`)
  return survivors === 0 ? 0 : 1
}

async function isCaught(root: string, mutation: Mutation): Promise<boolean> {
  const [{ failed, problem }, seconds] = await timed(() => outcomeOf(root, mutation))
  const [test] = failed
  const verdict = test ? 'caught  ' : problem ? 'UNTRIED ' : 'SURVIVED'
  process.stdout.write(`${verdict} ${seconds.toFixed(1).padStart(5)} s  ${mutation.name}\n`)
  const by = test ? `"${test.test}", ${test.file}` : (problem ?? mutation.tests.join(', '))
  process.stdout.write(`${' '.repeat(18)}${by}\n`)
  return test !== undefined
}

/** What the tests say of a bug, which is gone again afterwards. */
async function outcomeOf(root: string, mutation: Mutation): Promise<TestOutcome> {
  const path = join(root, mutation.file)
  const original = readFileSync(path, 'utf8')
  const mutated = mutate(original, mutation)
  if (mutated instanceof Error) return { failed: [], problem: mutated.message }
  writeFileSync(path, mutated)
  try {
    return await tested(root, mutation.tests, true)
  } finally {
    writeFileSync(path, original)
  }
}

function tested(root: string, files: readonly string[], bail: boolean): Promise<TestOutcome> {
  return runTestFiles(root, files, { bail, signal: stopping.signal })
}

/** The parts that integration tests need, started once, and told to every run in the copy. */
async function stackFor(root: string): Promise<AsyncDisposable> {
  const isNeeded = chosen.some(({ tests }) => tests.some((path) => path.includes('.integration.')))
  if (!isNeeded) return new AsyncDisposableStack()
  const stack = await startStack({
    home: join(ROOT, '.coffer'),
    parts: ['postgres', 'kafka', 'redis'],
  })
  const urls = JSON.stringify(stack.urls)
  const setup = `export default (project) => project.provide('stackUrls', ${urls})`
  writeFileSync(join(root, 'libs/testkit/src/global-setup.ts'), setup)
  return stack
}

async function timed<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const startedAt = performance.now()
  const result = await work()
  return [result, (performance.now() - startedAt) / 1_000]
}

function fail(problem: string): number {
  process.stderr.write(`${problem}\n`)
  return 1
}
