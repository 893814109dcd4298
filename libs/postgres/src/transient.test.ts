import { expect, test } from 'vitest'
import { isTransientPostgresError } from './transient.ts'

const failed = (code: string, message = 'it failed') =>
  new Error('Failed query', { cause: Object.assign(new Error(message), { code }) })

test.each([
  ['a deadlock', '40P01'],
  ['a server that stops', '57P01'],
  ['a transaction that idled', '25P03'],
  ['a right that a role lacks', '42501'],
  ['a password that was changed', '28P01'],
  ['a role that may not sign in', '28000'],
  ['a database that is not there', '3D000'],
])('%s says nothing of what was asked', (_, code) => {
  expect(isTransientPostgresError(failed(code))).toBe(true)
})

test('neither does a role that is not there', () => {
  const error = failed('22023', 'role "coffer_scanner" does not exist')

  expect(isTransientPostgresError(error)).toBe(true)
})

test.each([
  ['a value that does not fit', '22003'],
  ['a CHECK', '23514'],
  ['a table that is not there', '42P01'],
])('%s is refused for good', (_, code) => {
  expect(isTransientPostgresError(failed(code))).toBe(false)
})

test('a connection that could not be made is made again', () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

  expect(isTransientPostgresError(new Error('Failed query', { cause: refused }))).toBe(true)
})
