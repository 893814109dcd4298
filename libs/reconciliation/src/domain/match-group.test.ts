import { currencyAssetId } from '@coffer/money/asset'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Booking, GroupKey, Line } from './channel-item.ts'
import { isSurplus } from './difference.ts'
import type { DifferenceKind } from './finding.ts'
import { type MatchRules, matchGroup } from './match-group.ts'

const USD = currencyAssetId('USD')
const EUR = currencyAssetId('EUR')
const AT = new Date('2026-11-20T12:00:00Z')

const key: GroupKey = { channel: 'sandbox', kind: 'payment', reference: 'p1' }
const booking = (id: string, amount: bigint, asset = USD): Booking => {
  return { ...key, id, asset, amount, movedAt: AT }
}
const line = (place: number, amount: bigint, asset = USD): Line => {
  const named = { statementId: 's1', line: place, channelReference: `ch_${place}` }
  return { ...key, ...named, asset, amount, movedAt: AT }
}

const STRICT: MatchRules = {
  tolerance: () => undefined,
  isBookingDue: () => true,
  isLineDue: () => true,
}
const PATIENT: MatchRules = { ...STRICT, isBookingDue: () => false, isLineDue: () => false }

const kinds = (bookings: Booking[], lines: Line[], rules = STRICT): DifferenceKind[] =>
  matchGroup({ ...key, bookings, lines }, rules).findings.map(({ kind }) => kind)

test.each<[string, Booking[], Line[], DifferenceKind[]]>([
  ['both say the same', [booking('a', 5n)], [line(1, 5n)], []],
  ['both say the same twice', [booking('a', 5n), booking('b', 5n)], [line(1, 5n), line(2, 5n)], []],
  ['only the statement has it', [], [line(1, 5n)], ['missing_inside']],
  ['only our books have it', [booking('a', 5n)], [], ['missing_outside']],
  ['amounts differ', [booking('a', 5n)], [line(1, 6n)], ['amount_differs']],
  ['assets differ', [booking('a', 5n)], [line(1, 5n, EUR)], ['asset_differs']],
  [
    'the statement has it twice',
    [booking('a', 5n)],
    [line(1, 5n), line(2, 5n)],
    ['duplicate_line'],
  ],
  [
    'our books have it twice',
    [booking('a', 5n), booking('b', 5n)],
    [line(1, 5n)],
    ['duplicate_booking'],
  ],
  [
    'an odd one stands before one that says the same',
    [booking('a', 5n), booking('b', 6n)],
    [line(1, 6n)],
    ['duplicate_booking'],
  ],
  [
    'the statement alone has it, twice',
    [],
    [line(1, 5n), line(2, 5n)],
    ['missing_inside', 'duplicate_line'],
  ],
])('%s', (_, bookings, lines, expected) => {
  expect(kinds(bookings, lines)).toEqual(expected)
})

test('what need not be told of so far is waited for, and what contradicts is not', () => {
  const alone = matchGroup({ ...key, bookings: [booking('a', 5n)], lines: [] }, PATIENT)

  expect([alone.findings, alone.waiting]).toEqual([[], [booking('a', 5n)]])
  expect(kinds([booking('a', 5n)], [line(1, 6n)], PATIENT)).toEqual(['amount_differs'])
})

test.each([
  [100n, 103n, { absolute: 3n, basisPoints: 0 }, true],
  [100n, 104n, { absolute: 3n, basisPoints: 0 }, false],
  [10_000n, 9_900n, { absolute: 3n, basisPoints: 100 }, true],
  [10_000n, 9_899n, { absolute: 3n, basisPoints: 100 }, false],
  [2n, -1n, { absolute: 5n, basisPoints: 0 }, false],
])('%d against %d within %o: %s', (ours, theirs, rule, isSame) => {
  const tolerance = () => ({ channel: 'sandbox', asset: USD, ...rule })

  const found = kinds([booking('a', ours)], [line(1, theirs)], { ...STRICT, tolerance })

  expect(found.length === 0).toBe(isSame)
})

test('every difference that is planted in a random statement is named, and none is made up', () => {
  const planted = fc.constantFrom(
    'none',
    'line missing',
    'line added',
    'amount changed',
    'line doubled',
    'asset changed',
    'booking missing',
    'booking doubled',
  )
  const amounts = fc.bigInt({ min: 1n, max: 1_000_000n })

  fc.assert(
    fc.property(fc.array(fc.tuple(planted, amounts), { maxLength: 40 }), (movements) => {
      for (const [bug, amount] of movements) {
        const { bookings, lines, expected } = MADE[bug]?.(amount) ?? made([], [])
        expect(kinds(bookings, lines)).toEqual(expected)
      }
    }),
  )
})

type Made = { bookings: Booking[]; lines: Line[]; expected: DifferenceKind[] }

const made = (bookings: Booking[], lines: Line[], ...expected: DifferenceKind[]): Made => {
  return { bookings, lines, expected }
}

const MADE: Readonly<Record<string, (amount: bigint) => Made>> = {
  none: (amount) => made([booking('a', amount)], [line(1, amount)]),
  'line missing': (amount) => made([booking('a', amount)], [], 'missing_outside'),
  'line added': (amount) => made([], [line(1, amount)], 'missing_inside'),
  'amount changed': (amount) =>
    made([booking('a', amount)], [line(1, amount + 1n)], 'amount_differs'),
  'line doubled': (amount) =>
    made([booking('a', amount)], [line(1, amount), line(2, amount)], 'duplicate_line'),
  'asset changed': (amount) =>
    made([booking('a', amount)], [line(1, amount, EUR)], 'asset_differs'),
  'booking missing': (amount) => made([], [line(1, amount)], 'missing_inside'),
  'booking doubled': (amount) =>
    made([booking('a', amount), booking('b', amount)], [line(1, amount)], 'duplicate_booking'),
}

test('only what we have more of goes to suspense at once', () => {
  const surplus = (bookings: Booking[], lines: Line[]) =>
    matchGroup({ ...key, bookings, lines }, STRICT).findings.map(isSurplus)

  expect(surplus([], [line(1, 5n)])).toEqual([true])
  expect(surplus([], [line(1, -5n)])).toEqual([false])
  expect(surplus([booking('a', 5n)], [])).toEqual([false])
  expect(surplus([booking('a', -5n)], [])).toEqual([true])
  expect(surplus([booking('a', 5n)], [line(1, 7n)])).toEqual([true])
  expect(surplus([booking('a', 5n)], [line(1, 7n, EUR)])).toEqual([false])
})
