import { expect, test } from 'vitest'
import { daysAfter, nextDaily } from './settlement-terms.ts'

test.each([
  ['2026-11-21T01:59:59.999Z', '2026-11-21T02:00:00.000Z'],
  ['2026-11-21T02:00:00.000Z', '2026-11-22T02:00:00.000Z'],
  ['2026-12-31T23:59:00.000Z', '2027-01-01T02:00:00.000Z'],
])('after %s it is 02:00 next at %s', (after, next) => {
  expect(nextDaily('02:00', new Date(after)).toISOString()).toBe(next)
})

test('a day is 24 hours', () => {
  expect(daysAfter(new Date('2026-02-28T12:00:00Z'), 1)).toEqual(new Date('2026-03-01T12:00:00Z'))
})
