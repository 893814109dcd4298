import { expect, test } from 'vitest'
import { oneByOne, paymentsAmong } from './among-watched.ts'

const [ALICE, BOB, CAROL] = ['a', 'b', 'c'].map((digit) => `0x${digit.repeat(40)}`) as [
  string,
  string,
  string,
]
const isWatched = (address: string) => address === ALICE || address === CAROL
const among = oneByOne(isWatched)

const to = (...addresses: string[]) => addresses.map((to, index) => ({ to, index }))

test('answers the places of those who are watched, in whatever letter case', () => {
  const bytes = Buffer.from(`--${BOB}${ALICE.toUpperCase()}-${CAROL}`)

  expect(among(bytes, [4, 46, 89])).toEqual([1, 2])
  expect(among(bytes, [])).toEqual([])
})

test('keeps the payments to those who are watched, in their order', () => {
  const payments = to(CAROL, BOB, ALICE, CAROL)

  expect(paymentsAmong(payments, { isWatched, among })).toEqual(
    [0, 2, 3].map((index) => payments[index]),
  )
  expect(paymentsAmong([], { isWatched, among })).toEqual([])
})

test.each([
  ['is too short', '0xaa'],
  ['has another beginning', `1x${ALICE.slice(2)}`],
  ['has characters of two bytes', `0x${'é'.repeat(20)}${'a'.repeat(20)}`],
  ['is empty', ''],
])('who %s is not watched, and keeps nobody else from being', (_, text) => {
  const payments = to(BOB, text, ALICE)

  expect(paymentsAmong(payments, { isWatched, among })).toEqual([payments[2]])
})
