import { expect, test } from 'vitest'
import { cell } from './save-csv.ts'

test.each([
  ['1', '1'],
  ['-42.5', '-42.5'],
  [null, ''],
  ['a,b', '"a,b"'],
  ['say "so"', '"say ""so"""'],
  ['=cmd()', "'=cmd()"],
  ['-cmd()', "'-cmd()"],
  ['+1', "'+1"],
])('A14: %j is written as %j', (value, expected) => {
  expect(cell(value)).toBe(expected)
})
