import { expect, test } from 'vitest'
import { isDecided, stepsTo } from './charge.ts'

test('what is told late of a charge does not set it back', () => {
  expect(stepsTo('succeeded', 'pending')).toEqual([])
  expect(stepsTo('charged_back', 'succeeded')).toEqual([])
  expect(stepsTo('pending', 'succeeded')).toEqual(['succeeded'])
  expect(stepsTo('declined', 'declined')).toEqual([])
})

test.each(['waiting', 'asked', 'pending', 'declined'] as const)(
  'a charge back of a charge that is %s tells that it has succeeded',
  (before) => {
    expect(stepsTo(before, 'charged_back')).toEqual(['succeeded', 'charged_back'])
  },
)

test('a charge back of a charge that has succeeded tells nothing else', () => {
  expect(stepsTo('succeeded', 'charged_back')).toEqual(['charged_back'])
})

test('a charge is looked at until its channel has decided', () => {
  expect((['waiting', 'asked', 'pending'] as const).map(isDecided)).toEqual([false, false, false])
  expect((['declined', 'succeeded', 'charged_back'] as const).map(isDecided)).toEqual([
    true,
    true,
    true,
  ])
})
