import { expect, test } from 'vitest'
import { parseStatementCursor, statementCursor } from './statement-cursor.ts'

test('a cursor brings back the place it was made of', () => {
  const place = { opening: 0, closing: 90_000, after: 512 }

  expect(parseStatementCursor(statementCursor(place))).toEqual(place)
})

test.each([
  '',
  'ü',
  'czEuMS4y',
  statementCursor({ opening: 5, closing: 9, after: 4 }),
  statementCursor({ opening: 5, closing: 9, after: 10 }),
])('refuses %j', (cursor) => {
  expect(() => parseStatementCursor(cursor)).toThrow('The cursor is not one of a statement')
})
