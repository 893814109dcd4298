import type { DepositStanding } from '@coffer/deposits/deposit-standings'
import { expect, test } from 'vitest'
import { judgeBookings } from './judge-bookings.ts'

const ID = 'eip155:1:0xab:value'

const deposit = (facts: Partial<DepositStanding>): DepositStanding => ({
  ...{ id: ID, status: 'credited', amount: 5n, revision: 1, isSettled: true },
  ...facts,
})

const credit = { reference: ID, amount: 5n }
const reversal = { reference: `${ID}/reversal`, amount: -5n }
const again = { reference: `${ID}#2`, amount: 5n }

test.each([
  ['credited, and booked once', deposit({}), [credit]],
  ['credited again after a reorg', deposit({ revision: 2 }), [credit, reversal, again]],
  ['reversed, and taken back', deposit({ status: 'reversed' }), [credit, reversal]],
  ['final a moment ago', deposit({ status: 'final', isSettled: false }), []],
  ['orphaned a moment ago', deposit({ status: 'orphaned', isSettled: false }), [credit]],
  ['seen for long', deposit({ status: 'seen', revision: 0 }), []],
  ['rejected, and held for nobody', deposit({ status: 'rejected' }), []],
])('finds nothing wrong with what is %s', (_, standing, bookings) => {
  expect(judgeBookings([standing], bookings)).toEqual([])
})

test.each([
  ['I2', 'it has 2 credits', deposit({ revision: 2 }), [credit, again]],
  ['I2', 'it has -1 credits', deposit({ status: 'orphaned' }), [reversal]],
  ['I2', '4 of it is booked, and not 5', deposit({}), [{ ...credit, amount: 4n }]],
  [
    'I2',
    '1 of it is booked, and not 0',
    deposit({ status: 'reversed' }),
    [credit, { ...reversal, amount: -4n }],
  ],
  ['I2', 'it is reversed, and credited', deposit({ status: 'reversed' }), [credit]],
  ['I3', 'it is credited, and not booked', deposit({ isSettled: false }), []],
  ['I3', 'it is final, and not credited', deposit({ status: 'final' }), []],
  ['I4', 'it is orphaned, and credited', deposit({ status: 'orphaned' }), [credit]],
  ['I4', 'it is seen, and credited', deposit({ status: 'seen' }), [credit]],
  ['I4', 'it is rejected, and credited', deposit({ status: 'rejected' }), [credit]],
])('by %s it says: %s', (invariant, problem, standing, bookings) => {
  expect(judgeBookings([standing], bookings)).toEqual([
    { invariant, subject: `deposit ${ID}`, problem },
  ])
})

test('names what is credited and was never found on a chain', () => {
  expect(
    judgeBookings([], [credit, { reference: 'eip155:1:0xcd:value/reversal', amount: 1n }]),
  ).toEqual([
    { invariant: 'I4', subject: `deposit ${ID}`, problem: 'it is credited, and not stored' },
  ])
})
