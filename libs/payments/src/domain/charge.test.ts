import { expect, test } from 'vitest'
import { isDecided, laterOf } from './charge.ts'

test('what is told late of a charge does not set it back', () => {
  expect(laterOf('succeeded', 'pending')).toBe('succeeded')
  expect(laterOf('charged_back', 'succeeded')).toBe('charged_back')
  expect(laterOf('pending', 'succeeded')).toBe('succeeded')
  expect(laterOf('declined', 'declined')).toBe('declined')
})

test('a charge is looked at until its channel has decided', () => {
  expect((['waiting', 'asked', 'pending'] as const).map(isDecided)).toEqual([false, false, false])
  expect((['declined', 'succeeded', 'charged_back'] as const).map(isDecided)).toEqual([
    true,
    true,
    true,
  ])
})
