import { EXIT_CODES } from '@coffer/cli/exit-codes'
import { expect, test } from 'vitest'
import { repositoryFiles } from './repository-files.ts'

test('the page of the command line lists each way in which a command can end', () => {
  const [page] = repositoryFiles(/^docs\/command-line\.md$/)
  const rows = [...(page?.text ?? '').matchAll(/^\| (\d+) \| (.*) \|$/gm)]

  const documented = rows.map(([, code, means]) => ({ code: Number(code), means }))

  expect(documented).toEqual(Object.values(EXIT_CODES))
})
