import { checkBlocks } from '@coffer/deposits/check-blocks'
import { depositsNamed, newestDeposits } from '@coffer/deposits/deposit-standings'
import { depositReference, parseDepositReference } from '@coffer/events/deposit-reference'
import { checkCounters } from '@coffer/ledger/check-counters'
import { checkNewestSeals } from '@coffer/ledger/check-seals'
import { depositBookings, newestDepositReferences } from '@coffer/ledger/deposit-bookings'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { checkPayouts } from '@coffer/withdrawals/check-payouts'
import { judgeBookings } from './judge-bookings.ts'
import type { InvariantCheck, InvariantViolation } from './watch-invariants.ts'

/** So many of the newest deposits, and of the newest bookings, are held against each other. */
const NEWEST = 20_000

/** What of the invariants can be asked of the database all day long. */
export const invariantChecks = (postgres: Postgres): InvariantCheck[] => [
  { name: 'books', invariants: ['I1', 'I6'], look: () => checkCounters(postgres) },
  { name: 'seals', invariants: ['I10'], look: () => checkNewestSeals(postgres) },
  { name: 'deposits', invariants: ['I2', 'I3', 'I4'], look: () => checkDeposits(postgres) },
  { name: 'blocks', invariants: ['I8'], look: () => checkBlocks(postgres) },
  { name: 'payouts', invariants: ['I7'], look: () => checkPayouts(postgres) },
]

/** Holds deposits against their bookings, both as they stood at one moment. */
const checkDeposits = (postgres: Postgres): Promise<InvariantViolation[]> =>
  postgres.transaction(
    async (tx) => {
      const newest = await newestDeposits(tx, NEWEST)
      const credited = await newestDepositReferences(tx, NEWEST)
      const known = new Set(newest.map(({ id }) => id))
      const others = new Set(credited.map((name) => parseDepositReference(name).depositId))
      const older = await depositsNamed(tx, [...others.difference(known)])
      const deposits = [...newest, ...older]
      const references = new Set([
        ...credited,
        ...deposits.flatMap(({ id, revision }) => referencesOf(id, revision)),
      ])
      return judgeBookings(deposits, await bookingsUnder(tx, [...references]))
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )

/** Everything that may be booked of a deposit that was confirmed so often. */
const referencesOf = (depositId: string, revision: number): string[] =>
  Array.from({ length: Math.max(1, revision) }, (_, place) => place + 1).flatMap((each) => [
    depositReference({ depositId, revision: each, kind: 'confirmation' }),
    depositReference({ depositId, revision: each, kind: 'reversal' }),
  ])

const AT_ONCE = 5_000

async function bookingsUnder(tx: Transaction, references: readonly string[]) {
  const all = []
  for (let first = 0; first < references.length; first += AT_ONCE) {
    all.push(...(await depositBookings(tx, references.slice(first, first + AT_ONCE))))
  }
  return all
}
