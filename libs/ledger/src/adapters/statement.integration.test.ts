import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccountName, TransactionDraft } from '../domain/transaction.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { ETH } from '../testing/sample-events.ts'
import { balancesAt } from './balances-at.ts'
import { postTransactions } from './post-transactions.ts'
import { readStatement, type Statement } from './statement.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await ledgerDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const custody: AccountName = { owner: 'system', code: 'custody', asset: ETH }

type Booking = {
  owner: string
  /** What the owner gets; what a hold takes is positive too. */
  amount: bigint
  recordedMs: number
  eventMs?: number
  hold?: string
  voids?: string
}

/** Books at a time that is long past: nothing else tells it but the rows themselves. */
async function book(reference: string, booking: Booking): Promise<void> {
  const { owner, amount, recordedMs, eventMs = recordedMs, hold, voids } = booking
  const available: AccountName = { owner, code: 'owner.available', asset: ETH }
  const given = hold === undefined ? -amount : amount
  const draft: TransactionDraft = {
    reference,
    code: 'test',
    owner,
    eventAt: new Date(eventMs),
    entries: voids
      ? []
      : [
          { account: custody, amount: -given },
          { account: available, amount: given },
        ],
    ...(hold && { hold: {} }),
    ...(voids && { resolves: { hold: voids, as: 'voided' as const } }),
  }
  await database.postgres.transaction(async (tx) => {
    await postTransactions(tx, [draft])
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(sql`
      update ledger.transactions set recorded_at = ${new Date(recordedMs).toISOString()}
      where reference = ${reference}`)
  })
}

const balance = async (owner: string, ms: number, by: 'recorded_at' | 'event_at') => {
  const [of] = await balancesAt(database.postgres, owner, { at: new Date(ms), by })
  return of && [of.available, of.held]
}

test('tells the balance of any past moment, by when it was booked or when it happened', async () => {
  await book('ann-1', { owner: 'ann', amount: 5n, recordedMs: 1_000, eventMs: 900 })
  await book('ann-2', { owner: 'ann', amount: 7n, recordedMs: 2_000, eventMs: 1_900 })
  // It happened before the second, and was booked after it.
  await book('ann-3', { owner: 'ann', amount: -2n, recordedMs: 3_000, eventMs: 1_500 })

  const at = [899, 900, 999, 1_000, 1_500, 1_900, 2_000, 2_999, 3_000]
  const told = async (by: 'recorded_at' | 'event_at') =>
    await Promise.all(at.map(async (ms) => (await balance('ann', ms, by))?.[0] ?? 0n))

  expect(await told('recorded_at')).toEqual([0n, 0n, 0n, 5n, 5n, 5n, 12n, 12n, 10n])
  expect(await told('event_at')).toEqual([0n, 5n, 5n, 5n, 3n, 10n, 10n, 10n, 10n])
})

test('tells what was held at a moment, until the hold ended', async () => {
  await book('bea-1', { owner: 'bea', amount: 5n, recordedMs: 1_000 })
  await book('bea-2', { owner: 'bea', amount: 3n, recordedMs: 2_000, hold: 'yes' })
  await book('bea-3', { owner: 'bea', amount: 0n, recordedMs: 4_000, voids: 'bea-2' })

  for (const by of ['recorded_at', 'event_at'] as const) {
    expect(await balance('bea', 1_999, by)).toEqual([5n, 0n])
    expect(await balance('bea', 2_000, by)).toEqual([2n, 3n])
    expect(await balance('bea', 4_000, by)).toEqual([5n, 0n])
  }
})

/** All pages of a statement, in pages of `limit`. */
async function pages(owner: string, options: { from?: Date; to?: Date; limit: number }) {
  const read: Statement[] = []
  for (let place = undefined as Statement['next']; ; place = read.at(-1)?.next) {
    const request = { owner, asset: ETH, place, ...options }
    read.push(await readStatement(database.postgres, request))
    if (read.at(-1)?.next === undefined) return read
  }
}

test('lists what was booked in a time, in pages that add up from opening to closing', async () => {
  const count = 12
  for (let number = 1; number <= count; number += 1) {
    await book(`cy-${number}`, { owner: 'cy', amount: BigInt(number), recordedMs: number * 10 })
  }
  const total = (numbers: number) => BigInt((numbers * (numbers + 1)) / 2)

  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 130 }),
      fc.integer({ min: 0, max: 130 }),
      fc.integer({ min: 1, max: 5 }),
      async (fromMs, toMs, limit) => {
        const before = Math.min(count, Math.floor((fromMs + 9) / 10) - 1)
        const first = Math.max(0, before)
        const last = Math.max(first, Math.min(count, Math.ceil(toMs / 10) - 1))

        const read = await pages('cy', { from: new Date(fromMs), to: new Date(toMs), limit })

        const expected = Array.from({ length: last - first }, (_, place) => first + place + 1)
        const lines = read.flatMap((page) => page.lines)
        expect(lines.map(({ amount, balance }) => [amount, balance])).toEqual(
          expected.map((number) => [BigInt(number), total(number)]),
        )
        for (const { opening, closing } of read) {
          expect([opening, closing]).toEqual([total(first), total(last)])
        }
      },
    ),
    { numRuns: 15 },
  )
})

test('does not grow while it is read', async () => {
  await book('dan-1', { owner: 'dan', amount: 1n, recordedMs: 1 })
  await book('dan-2', { owner: 'dan', amount: 2n, recordedMs: 2 })
  const request = { owner: 'dan', asset: ETH, limit: 1 }
  const first = await readStatement(database.postgres, request)
  await book('dan-3', { owner: 'dan', amount: 4n, recordedMs: 3 })

  const second = await readStatement(database.postgres, { ...request, place: first.next })

  expect(first).toMatchObject({ opening: 0n, closing: 3n, lines: [{ reference: 'dan-1' }] })
  expect(second).toMatchObject({ opening: 0n, closing: 3n, lines: [{ reference: 'dan-2' }] })
  expect(second.next).toBeUndefined()
})

test('is empty for whoever never had anything', async () => {
  expect(await readStatement(database.postgres, { owner: 'x', asset: ETH, limit: 9 })).toEqual({
    opening: 0n,
    closing: 0n,
    lines: [],
  })
})
