import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DepositCursorError, depositCursor, parseDepositCursor } from './deposit-cursor.ts'

test('reads back every place it wrote, with characters that a URL keeps', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (sequence) => {
      const cursor = depositCursor(sequence)

      expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/)
      expect(parseDepositCursor(cursor)).toBe(sequence)
    }),
  )
})

test.each([
  '',
  '1',
  '%%%',
  btoa('1.0'),
  btoa('1.-5'),
  btoa('2.7'),
  btoa('1.7 '),
  btoa(`1.${2n ** 63n}`),
  'MS43\u0000',
  'é',
])('refuses %j', (cursor) => {
  expect(() => parseDepositCursor(cursor)).toThrow(DepositCursorError)
})
