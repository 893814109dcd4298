import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const AHEAD = `--import=${new URL('./find-drizzle.ts', import.meta.url)}`

/** Of a package that may import drizzle. */
const CONTEXT = new URL('../../postgres/src', import.meta.url)

/** Runs a program in a process of its own; answers what it prints, and what it complains about. */
function run(program: string, ...ahead: string[]) {
  const args = [...ahead, '--input-type=module', '--eval', program]
  const options = { cwd: CONTEXT, encoding: 'utf8' } as const
  const { stdout, stderr } = spawnSync(process.execPath, args, options)
  return { stdout, problem: /ERR_\w+/.exec(stderr)?.[0] }
}

const SAME = `
  import * as all from 'drizzle-orm'
  import { pgTable } from 'drizzle-orm/pg-core'
  import { createRequire } from 'node:module'
  const own = createRequire(import.meta.url)('drizzle-orm')
  const urls = ['drizzle-orm', 'drizzle-orm/pg-core', 'drizzle-orm'].map(import.meta.resolve)
  console.log(urls.join(' '), Object.keys(all).join(), Object.keys(own).length, typeof pgTable)`

test('what is imported of drizzle is what Node would find', () => {
  const found = run(SAME, AHEAD)

  expect(found.stdout).toContain('/node_modules/drizzle-orm/pg-core/index.js')
  expect(found).toEqual(run(SAME))
})

test('what drizzle does not have is found no more than by Node', () => {
  const nothing = "import 'drizzle-orm/nothing'"

  expect(run(nothing, AHEAD).problem).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  expect(run("import 'drizzle-ormolu'", AHEAD).problem).toBe('ERR_MODULE_NOT_FOUND')
})
