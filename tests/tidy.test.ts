/** What linters can't see. Every test lists what is wrong, and expects the list to be empty. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CRASH_POINTS } from '@coffer/runtime/crash-point'
import { expect, test } from 'vitest'
import { ROOT, repositoryFiles } from './repository-files.ts'

const code = repositoryFiles(/\.(ts|tsx|mjs)$/)
const source = repositoryFiles(/^(apps|libs)\/[^/]+\/src\/(?!.*(\.test\.ts$|testing\/)).*\.ts$/)
/** Nobody writes these by hand. */
const GENERATED =
  /^contracts\/abi\/|^libs\/client\/(openapi\.json|src\/api\.ts)$|^ops\/grafana\/dashboards\//
const documents = repositoryFiles(/\.md$/)

test('every error code has an entry in docs/errors.md, and every entry a code', () => {
  const codes = source.flatMap(({ text }) => matches(text, /\bcode(?: =|:) '([A-Z][A-Z0-9_]+)'/g))
  const [errors] = repositoryFiles(/^docs\/errors\.md$/)
  const entries = matches(errors?.text ?? '', /^### ([A-Z0-9_]+)$/gm)

  expect(entries).toEqual([...new Set(codes)].sort())
})

test('every decision has a number of its own, in its name and its title', () => {
  const decisions = repositoryFiles(/^docs\/decisions\/\d/)
  const numbers = decisions.map(({ path }) => Number(path.split('/').at(-1)?.slice(0, 4)))

  expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other))
  expect(decisions.map(({ text }) => Number(/^# (\d+)\. /.exec(text)?.[1]))).toEqual(numbers)
})

test('no file has a name that says nothing', () => {
  const banned = /(^|[/-])(index|utils?|helpers?|common|misc|manager|service|data)(-[^/]*)?\.tsx?$/

  expect(code.map(({ path }) => path).filter((path) => banned.test(path))).toEqual([])
})

test('no line is longer than 100 characters, unless it is a title or one long word', () => {
  const unbreakable = /^\s*test(\.\w+)?\(|\S{80}/
  const tooLong = repositoryFiles(/\.(ts|tsx|mjs|sh|json)$|^\.ci\/run$/)
    .filter(({ path }) => !GENERATED.test(path))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, at) =>
          line.length > 100 && !unbreakable.test(line) ? [`${path}:${at + 1}`] : [],
        ),
    )

  expect(tooLong).toEqual([])
})

test('main.ts is a wiring diagram of fewer than 60 lines', () => {
  const mains = repositoryFiles(/^apps\/[^/]+\/src\/main\.ts$/)

  expect(mains.length).toBeGreaterThan(0)
  expect(mains.filter(({ text }) => text.trimEnd().split('\n').length >= 60)).toEqual([])
})

test('nothing is left to do in a comment', () => {
  const marks = /\bTO[D]O\b|\bFIX[M]E\b|\bXX[X]\b/

  expect(paths(repositoryFiles().filter(({ text }) => marks.test(text)))).toEqual([])
})

test('no file knows the machine it was written on, or a package registry', () => {
  const machine =
    /(^|[\s'"`(=:])\/(home|Users|root|work|tmp|mnt)\/|registry\.npmjs|repo1?\.maven\.(org|apache)/m

  expect(paths(repositoryFiles().filter(({ text }) => machine.test(text)))).toEqual([])
})

test('a type is imported at the top of a file, where the boundaries are checked', () => {
  const inline = /(?<!await )\bimport\(['"][^'"]+['"]\)\s*[.>,)\]|]/

  expect(paths(source.filter(({ text }) => inline.test(text)))).toEqual([])
})

test('every crash point is passed in one place of the source', () => {
  const passed = source.flatMap(({ text }) => matches(text, /crashPoint\('([a-z.-]+)'\)/g))

  expect(passed.sort()).toEqual([...CRASH_POINTS].sort())
})

test('every crash point is survived end to end, or in a test of its app', () => {
  const [crashPairs] = repositoryFiles(/^tests\/e2e\/crash-pairs\.ts$/)
  const [platformTest] = repositoryFiles(/^tests\/e2e\/platform\.e2e\.test\.ts$/)
  // A rebuild is a command of its own, and is killed where it is tested.
  const [rebuildTest] = repositoryFiles(/postgres-shadow\.integration\.test\.ts$/)
  const appTests = repositoryFiles(/^apps\/[a-z]+\/src\/main\.integration\.test\.ts$/)
  const survived = [
    ...matches(crashPairs?.text ?? '', /: '([a-z]+\.[a-z-]+)'/g),
    ...matches(platformTest?.text ?? '', /'([a-z]+\.(?:before|after)-[a-z-]+)'/g),
    ...matches(rebuildTest?.text ?? '', /'(rebuild\.[a-z-]+)(?::[0-9]+)?'/g),
    ...appTests.flatMap(({ text }) => matches(text, /'([a-z]+\.[a-z-]+):[0-9]+'/g)),
  ]

  expect([...new Set(survived)].sort()).toEqual([...CRASH_POINTS].sort())
})

test('every package that is published to others lists modules that exist', () => {
  const missing = repositoryFiles(/^(libs\/[^/]+|contracts)\/package\.json$/).flatMap(
    ({ path, text }) =>
      Object.values<string>(JSON.parse(text).exports ?? {})
        .map((module) => `${dirname(path)}/${module.slice(2)}`)
        .filter((module) => !existsSync(join(ROOT, module))),
  )

  expect(missing).toEqual([])
})

test('every link within the documents leads somewhere', () => {
  const dead = documents.flatMap(({ path, text }) =>
    matches(text, /\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\)/g)
      .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
      .map((target) => `${path} → ${target}`),
  )

  expect(dead).toEqual([])
})

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, found]) => (found === undefined ? [] : [found]))
}

function paths(files: readonly { path: string }[]): string[] {
  return files.map(({ path }) => path)
}
