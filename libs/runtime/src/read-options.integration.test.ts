import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')

/** Each program that `npm run` starts with options of its own. */
const PROGRAMS = [
  'bench/src/main.ts',
  'scripts/mutants.ts',
  'simulation/src/main.ts',
  'tests/crash/main.ts',
  'tests/fuzz/main.ts',
  'tests/soak/main.ts',
]

const start = (program: string, ...options: string[]) =>
  spawnSync(process.execPath, [join(ROOT, program), ...options], { cwd: ROOT, encoding: 'utf8' })

test.each(PROGRAMS)('%s says how it is used, and what it does not know', (program) => {
  const helped = start(program, '--help')
  const wrong = start(program, '--no-such-option')

  expect(helped).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/^npm run /),
  })
  expect(wrong).toMatchObject({ status: 2, stdout: '' })
  expect(wrong.stderr).toContain("Unknown option '--no-such-option'")
  expect(wrong.stderr).toContain(helped.stdout.trim())
})
