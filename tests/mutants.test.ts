/** Planted bugs rot when the code moves on: each must still have its place, and its tests. */
import { expect, test } from 'vitest'
import { mutate } from '../scripts/mutants/mutation.ts'
import { mutations } from '../scripts/mutants/mutations.ts'
import { repositoryFiles } from './repository-files.ts'

const texts = new Map(repositoryFiles(/\.(ts|sql)$/).map(({ path, text }) => [path, text]))

test('every planted bug has exactly one place in the code', () => {
  const problems = mutations.flatMap((mutation) => {
    const text = texts.get(mutation.file) ?? ''
    const mutated = mutate(text, mutation)
    if (mutated instanceof Error) return [mutated.message]
    return mutated === text ? [`"${mutation.name}" changes nothing.`] : []
  })

  expect(mutations.length).toBeGreaterThanOrEqual(20)
  expect(problems).toEqual([])
})

test('every planted bug has a name of its own, and tests that exist', () => {
  const names = mutations.map(({ name }) => name)
  const missing = mutations
    .flatMap(({ tests }) => (tests.length === 0 ? ['no tests'] : tests))
    .filter((path) => !texts.has(path))

  expect(names).toEqual([...new Set(names)])
  expect(missing).toEqual([])
})

test('a bug is refused whose place is gone, or is one of several', () => {
  const bug = { name: 'a bug', file: 'a.ts', find: 'x', replace: '$&', tests: [] }

  expect(mutate('a x b', bug)).toBe('a $& b')
  expect(mutate('a b', bug)).toMatchObject({ message: expect.stringContaining(' 0 times') })
  expect(mutate('x x', bug)).toMatchObject({ message: expect.stringContaining(' 2 times') })
})
