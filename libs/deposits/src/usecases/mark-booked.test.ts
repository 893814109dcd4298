import type { ReadEvent } from '@coffer/events/event'
import { expect, test } from 'vitest'
import { type Booking, markBooked } from './mark-booked.ts'

const deposit = 'eip155:1:0xab:log:3'

test('records credits and reversals under the revision that they book', async () => {
  const { bookings, mark } = recording()

  await mark([
    booked('deposit.credit', deposit),
    booked('deposit.reversal', `${deposit}/reversal`),
    booked('deposit.credit', `${deposit}#2`),
    booked('deposit.unassigned', `${deposit}#3`),
  ])

  const at = new Date('2026-11-21T11:00:01.000Z')
  expect(bookings).toEqual([
    [
      { depositId: deposit, revision: 1, kind: 'confirmation', at },
      { depositId: deposit, revision: 1, kind: 'reversal', at },
      { depositId: deposit, revision: 2, kind: 'confirmation', at },
      { depositId: deposit, revision: 3, kind: 'confirmation', at },
    ],
  ])
})

test('leaves alone what is booked for other reasons, and other events', async () => {
  const { bookings, mark } = recording()
  const other = { ...booked('deposit.credit', deposit), type: 'deposit.confirmed' } as ReadEvent

  await mark([booked('withdrawal.payout', 'withdrawal-1'), other])
  await mark([booked('deposit.suspense', deposit)])
  await mark([])

  expect(bookings).toEqual([])
})

function recording() {
  const bookings: (readonly Booking[])[] = []
  const mark = markBooked({ record: async (booked) => void bookings.push(booked) })
  return { bookings, mark }
}

function booked(code: string, reference: string): ReadEvent {
  return {
    id: reference,
    type: 'transaction.created',
    source: 'coffer/accounts',
    time: '2026-11-21T11:00:02.000Z',
    data: {
      transactionId: reference,
      reference,
      code,
      eventAt: '2026-11-21T11:00:00.000Z',
      recordedAt: '2026-11-21T11:00:01.000Z',
      entries: [],
    },
  }
}
