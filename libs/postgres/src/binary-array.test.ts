import { expect, test } from 'vitest'
import {
  bigintArray,
  bytesArray,
  jsonArray,
  textArray,
  timeArray,
  uuidArray,
} from './binary-array.ts'

const hexOf = (array: Buffer) => array.toString('hex')

/** One dimension, from index 1. */
const head = (type: number, { count = 1, nulls = 0 } = {}) =>
  [1, nulls, type, count, 1].map((int) => int.toString(16).padStart(8, '0')).join('')

test('writes texts in UTF-8, and tells where there are none', () => {
  expect(hexOf(textArray(['ä', null, '']))).toBe(
    `${head(25, { count: 3, nulls: 1 })}00000002c3a4ffffffff00000000`,
  )
  expect(hexOf(textArray([]))).toBe(head(25, { count: 0 }))
})

test('writes bytes, numbers, times and JSON as PostgreSQL keeps them', () => {
  expect(hexOf(bytesArray(['0x00fF']))).toBe(`${head(17)}0000000200ff`)
  expect(hexOf(bigintArray([-2n]))).toBe(`${head(20)}00000008fffffffffffffffe`)
  expect(hexOf(timeArray([new Date('2000-01-01T00:00:00.002Z')]))).toBe(
    `${head(1_184)}0000000800000000000007d0`,
  )
  expect(hexOf(jsonArray(['{}']))).toBe(`${head(3_802)}00000003017b7d`)
})

test('writes UUIDs as the bytes that they are', () => {
  const uuids = ['0196f5f0-9f3c-7e04-8B6A-000000000001', null]
  expect(hexOf(uuidArray(uuids))).toBe(
    `${head(2_950, { count: 2, nulls: 1 })}000000100196f5f09f3c7e048b6a000000000001ffffffff`,
  )
})

test.each(['', '0196f5f0', `${'0'.repeat(35)}g`, '0196f5f0-9f3c-7e04-8b6a-0000000000012'])(
  'refuses %s as a UUID',
  (text) => {
    expect(() => uuidArray([text])).toThrow(RangeError)
  },
)

test.each(['12', '0x1', '0x1g', '0xäa'])('refuses %s as bytes in hex', (text) => {
  expect(() => bytesArray([text])).toThrow(RangeError)
})
