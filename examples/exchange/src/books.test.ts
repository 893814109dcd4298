import { expect, test } from 'vitest'
import { balancesOf, booksOf, type Line } from './books.ts'

const COIN = 'eip155:1/slip44:60'

const heard = (id: string, status: 'seen' | 'final' | 'credited' | 'reversed', amount = '10') =>
  ({ line: 'deposit', place: '7-1-1', id, owner: 'ann', asset: COIN, amount, status }) as const

const asked: Line = {
  ...{ line: 'withdrawal', key: 'w1', user: 'ann', asset: COIN, to: '0x1', amount: '4' },
}

const ofAnn = (...lines: Line[]) => balancesOf(booksOf(lines), 'ann').get(COIN)

test('a deposit is pending, then available, and available once however often it is told', () => {
  expect(ofAnn(heard('a', 'seen'))).toEqual({ pending: 10n, available: 0n, reserved: 0n })
  expect(ofAnn(heard('a', 'seen'), heard('a', 'credited'), heard('a', 'credited'))).toEqual({
    ...{ pending: 0n, available: 10n, reserved: 0n },
  })
})

test('what a reorg took back does not count, until it is credited again', () => {
  const [credited, reversed] = [heard('a', 'credited'), heard('a', 'reversed')]

  expect(ofAnn(credited, reversed)).toBeUndefined()
  expect(ofAnn(credited, reversed, credited)).toMatchObject({ available: 10n })
})

test('a withdrawal is reserved from when it is asked for, and free again where it fails', () => {
  const accepted: Line = { line: 'accepted', key: 'w1', id: 'x', fee: '1' }
  const lines = [heard('a', 'credited'), asked, accepted]

  expect(ofAnn(heard('a', 'credited'), asked)).toMatchObject({ available: 6n, reserved: 4n })
  expect(ofAnn(...lines)).toMatchObject({ available: 5n, reserved: 5n })
  expect(ofAnn(...lines, { line: 'ended', key: 'w1', how: 'completed' })).toMatchObject({
    ...{ available: 5n, reserved: 0n },
  })
  expect(ofAnn(...lines, { line: 'ended', key: 'w1', how: 'failed' })).toMatchObject({
    ...{ available: 10n, reserved: 0n },
  })
})
