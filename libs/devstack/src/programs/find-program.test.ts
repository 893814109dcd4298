import { expect, test } from 'vitest'
import { firstProgram, hasDocker, hasJava, javaMajor } from './find-program.ts'
import type { RunProgram } from './run-program.ts'

/** A machine on which only `programs` are found, each answering as told. */
const machine =
  (programs: Record<string, { code: number; output: string }>): RunProgram =>
  async (command) =>
    programs[command] ?? 'missing'

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "25" 2025-09-16', 25],
  ['java version "1.8.0_292"', 8],
  ['The operation couldn’t be completed.', 0],
])('the major version of %j is %i', (output, major) => {
  expect(javaMajor(output)).toBe(major)
})

test('a Java that is too old for Kafka is as good as none', async () => {
  const java = (version: string) => machine({ java: { code: 0, output: `version "${version}"` } })
  expect(await hasJava(java('17.0.1'))).toBe(true)
  expect(await hasJava(java('11.0.2'))).toBe(false)
  expect(await hasJava(machine({}))).toBe(false)
})

test('a Docker client without its engine is as good as none', async () => {
  expect(await hasDocker(machine({ docker: { code: 0, output: '' } }))).toBe(true)
  expect(await hasDocker(machine({ docker: { code: 1, output: '' } }))).toBe(false)
})

test('the first program that is there is taken', async () => {
  const names = ['redis-server', 'valkey-server']
  const run = machine({ 'valkey-server': { code: 0, output: '' } })
  expect(await firstProgram(run, names)).toBe('valkey-server')
  expect(await firstProgram(machine({}), names)).toBeUndefined()
})
