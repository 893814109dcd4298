/** SECURITY.md names a test for each attack, and these are there. */
import { expect, test } from 'vitest'
import { repositoryFiles } from './repository-files.ts'

const files = new Map(repositoryFiles().map(({ path, text }) => [path, text]))

const [, section = ''] = (files.get('SECURITY.md') ?? '').split('## Who attacks')
const rows = section
  .split('\n## ', 1)
  .flatMap((text) => text.split('\n'))
  .filter((line) => line.startsWith('| '))
  .slice(2)
const named = rows.map((row) => {
  const tests = [...row.matchAll(/\]\(([^)]+\.test\.ts)\)(?: “([^”]+)”)?/g)]
  return tests.map(([, path = '', title]) => ({ path, title }))
})

test('every attack has a test, and each that is named exists', () => {
  const isThere = ({ path, title }: { path: string; title: string | undefined }) =>
    title === undefined ? files.has(path) : files.get(path)?.includes(`'${title}'`)

  expect(rows.length).toBeGreaterThan(15)
  expect(rows.filter((_, index) => named[index]?.length === 0)).toEqual([])
  expect(named.flat().filter((each) => !isThere(each))).toEqual([])
})
