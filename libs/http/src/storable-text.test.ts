import { expect, test } from 'vitest'
import { holdsStorable } from './storable-text.ts'

test.each([
  ['{"name":"a\\u0000b"}', false],
  ['{"a\\u0000":1}', false],
  ['[[{"deep":["\\ud83d"]}]]', false],
  ['"\\uDE00"', false],
  ['"\\ufffd"', false],
  ['"\ufffd"', false],
  ['"\\ud83d\\ude00"', true],
  ['"😀"', true],
  // A backslash and five characters after it.
  ['"\\\\u0000"', true],
  ['{"name":"a","n":[1,true,null]}', true],
])('the texts of %s are read back as they were stored, or not: %s', (json, isStored) => {
  expect(holdsStorable(json, JSON.parse(json))).toBe(isStored)
})
