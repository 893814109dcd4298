import { loadCommands } from '@coffer/cli/load-commands'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { documentedCommands, problemOf } from './documented-commands.ts'
import { repositoryFiles } from './repository-files.ts'

const known = { coffer: await loadCommands(undefined), scripts: Object.keys(manifest.scripts) }
const documented = repositoryFiles(/\.md$/).flatMap(({ path, text }) =>
  documentedCommands(path, text),
)

test('every command that a page names can be typed, with its options', () => {
  const problems = documented.flatMap(({ file, line, words }) => {
    const problem = problemOf(words, known)
    return problem === undefined ? [] : [`${file}:${line}: ${problem}: ${words.join(' ')}`]
  })

  expect(problems).toEqual([])
  expect(documented.length).toBeGreaterThan(100)
})

test.each([
  ['coffer upp --json', 'there is no command upp'],
  ['coffer up --jsno', 'up has no option --jsno'],
  ['coffer topics craete', 'there is no command craete'],
  ['npm run demmo', 'there is no script demmo'],
  ['npm run --silent coffer -- env --part', 'env has no option --part'],
  ['npm run coffer -- simulate deposits --users 5', undefined],
])('"%s": %s', (text, problem) => {
  const [found] = documentedCommands('page.md', `\`${text}\``)

  expect(problemOf(found?.words ?? [], known)).toBe(problem)
})
