/** docs/hazards.md has a test for each of its rows, and a row for each test named for one. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryFiles } from './repository-files.ts'

const files = new Map(repositoryFiles().map(({ path, text }) => [path, text]))

/** A test that a row names: by its title, or by the code that its title begins with. */
type Named = { code: string; path: string; title: string | undefined }

const rows = [...(files.get('docs/hazards.md') ?? '').matchAll(/^\| ([ADFLW][0-9]+) \|(.*)\|$/gm)]

const named = rows.flatMap(([, code = '', cells = '']): Named[] => {
  const shown = cells.split(' | ').at(-1) ?? ''
  return [...shown.matchAll(/\]\(([^)]+)\)(?: “([^”]+)”)?/g)].map(([, link = '', title]) => {
    return { code, path: join('docs', link).replaceAll('\\', '/'), title }
  })
})

/** The codes that the titles of a file's tests begin with, as in `D6, D22: a token that …`. */
function codesIn(path: string): string[] {
  const titles = (files.get(path) ?? '').matchAll(/'((?:[ADFLW][0-9]+, )*[ADFLW][0-9]+): /g)
  return [...titles].flatMap(([, codes = '']) => codes.split(', '))
}

test('every row names a test, and each that it names exists', () => {
  const isThere = ({ code, path, title }: Named) =>
    title ? files.get(path)?.includes(`'${title}'`) : codesIn(path).includes(code)

  expect(rows.length).toBeGreaterThan(30)
  expect(
    rows.map(([, code]) => code).filter((code) => !named.some((each) => each.code === code)),
  ).toEqual([])
  expect(named.filter((each) => !isThere(each))).toEqual([])
})

test('every test whose title begins with codes is named by the rows of these', () => {
  const unnamed = [...files.keys()]
    .filter((path) => /(\.test|-contract)\.ts$/.test(path))
    .flatMap((path) => codesIn(path).map((code) => ({ code, path })))
    .filter(({ code, path }) => !named.some((each) => each.code === code && each.path === path))

  expect(unnamed).toEqual([])
})

test('every test of tests/hazards begins with a code', () => {
  const titles = [...files].flatMap(([path, text]) =>
    /^tests\/hazards\/.*\.test\.ts$/.test(path)
      ? [...text.matchAll(/^(?:test\(|\]\)\()\s*'([^']+)'/gm)].map(([, title]) => title)
      : [],
  )

  expect(titles.length).toBeGreaterThan(20)
  expect(titles.filter((title) => !/^([ADFLW][0-9]+, )*[ADFLW][0-9]+: /.test(title ?? ''))).toEqual(
    [],
  )
})
