import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generateAbi } from '../scripts/generate-abi.ts'

test.each([...generateAbi()])('%s is what the contract compiles to', (file, generated) => {
  const committed = readFileSync(new URL(file, import.meta.url), 'utf8')

  expect(committed, 'Run `npm run generate:abi -w contracts` and commit the result.').toBe(
    generated,
  )
})
