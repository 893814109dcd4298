import { expect, test } from 'vitest'
import { apiKeyCheck } from './api-key.ts'

const check = apiKeyCheck(['first-key-of-sixteen', 'second-key-of-sixteen'])

test.each([
  'Bearer first-key-of-sixteen',
  'bearer second-key-of-sixteen',
  'Bearer  first-key-of-sixteen ',
])('accepts %j', (header) => {
  expect(check(header)).toBe(true)
})

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'first-key-of-sixteen',
  'Basic first-key-of-sixteen',
  'Bearer first-key-of-sixtee',
  'Bearer first-key-of-sixteenn',
  'Bearer FIRST-KEY-OF-SIXTEEN',
  'Bearer first-key-of-sixteen,second-key-of-sixteen',
  'Bearer first-key-of-sixteen second-key-of-sixteen',
])('refuses %j', (header) => {
  expect(check(header)).toBe(false)
})

test('accepts nothing when there are no keys', () => {
  expect(apiKeyCheck([])('Bearer undefined')).toBe(false)
})
