import { expect, test } from 'vitest'
import { compareConfirmations } from './confirmations.ts'

test('a deeper block is stronger, and a tag stronger than any depth', () => {
  const mixed = ['finalized', 64, 'safe', 1, 100_000] as const

  expect([...mixed].sort(compareConfirmations)).toEqual([1, 64, 100_000, 'safe', 'finalized'])
  expect(compareConfirmations('safe', 'safe')).toBe(0)
})
