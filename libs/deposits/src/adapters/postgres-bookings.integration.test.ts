import { parseDepositReference } from '@coffer/events/deposit-reference'
import type { Address } from '@coffer/evm/address'
import { asc } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ScanStore } from '../ports.ts'
import { deposits } from '../schema.ts'
import { CHAIN } from '../testing/fake-transfers.ts'
import { type ScanDatabase, scanDatabase } from '../testing/scan-database.ts'
import {
  block,
  chainOf,
  confirmed,
  OWNERS,
  on,
  pay,
  reversed,
  START,
} from '../testing/scan-facts.ts'
import type { Bookings } from '../usecases/mark-booked.ts'
import { postgresBookings } from './postgres-bookings.ts'
import { postgresScanStore } from './postgres-scan-store.ts'
import { ensureChain } from './scan-lease.ts'

const AT = new Date('2026-11-21T11:00:00.000Z')

let database: ScanDatabase
let store: ScanStore
let bookings: Bookings
beforeAll(async () => {
  database = await scanDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  await database.clear()
  await ensureChain(database.postgres, { chain: CHAIN, start: START })
  for (const [address, owner] of OWNERS) await database.watch(CHAIN, owner, [address as Address])
  store = postgresScanStore(database.postgres, { chain: CHAIN, holder: 'one', leaseMs: 60_000 })
  bookings = postgresBookings(database.postgres)
  await store.open()
  const value = { ...pay(2, 11), position: 'value' as const }
  await store.advance(on(null, chainOf(10, 11, 12), [pay(1, 10), value, pay(3, 12)], 11))
})

test('a credit marks its deposit, with the time at which it was booked', async () => {
  await record(confirmed(1).id, `${confirmed(2).id.replace('log:0', 'value')}`)

  expect(await marks()).toEqual([
    ['credited', AT],
    ['credited', AT],
    ['seen', null],
  ])
})

test('the same booking twice is the same as once', async () => {
  await record(confirmed(1).id, confirmed(1).id)
  await record(confirmed(1).id)

  expect((await marks())[0]).toEqual(['credited', AT])
})

test('a booking of a deposit that is only seen, or not known at all, marks nothing', async () => {
  await record(confirmed(3).id, confirmed(9).id, 'something else')

  expect((await marks()).map(([status]) => status)).toEqual(['final', 'final', 'seen'])
})

test('a reversal marks the deposit that a reorg took back', async () => {
  await record(confirmed(1).id)
  await store.rollBack({ from: block(12), to: null })

  await record(reversed(1).id)

  expect((await marks())[0]).toEqual(['reversed', null])
})

test('a reorg that takes a credited deposit back publishes its reversal', async () => {
  await record(confirmed(1).id)

  await store.rollBack({ from: block(12), to: null })

  expect((await database.events()).map(({ id }) => id)).toContain(reversed(1).id)
})

test('a credit that comes after the reorg marks nothing, whichever revision the deposit has', async () => {
  await store.rollBack({ from: block(12), to: null })
  await record(confirmed(1).id)
  expect((await marks())[0]).toEqual(['orphaned', null])

  await store.advance(on(null, chainOf(10.5), [pay(1, 10.5)], 9))
  await record(confirmed(1).id)
  expect((await marks())[0]).toEqual(['seen', null])

  await store.advance(on(block(10.5), [], [], 10))
  await record(confirmed(1).id, reversed(1).id)
  expect((await marks())[0]).toEqual(['final', null])
})

test('the credit of the next revision marks the deposit again', async () => {
  await record(confirmed(1).id)
  await store.rollBack({ from: block(12), to: null })
  await record(reversed(1).id)
  await store.advance(on(null, chainOf(10.5), [pay(1, 10.5)], 10))
  expect((await marks())[0]).toEqual(['final', null])

  await record(confirmed(1, { revision: 2 }).id)

  expect((await marks())[0]).toEqual(['credited', AT])
})

async function record(...references: string[]): Promise<void> {
  await bookings.record(
    references.map((reference) => ({ ...parseDepositReference(reference), at: AT })),
  )
}

async function marks() {
  const rows = await database.postgres.select().from(deposits).orderBy(asc(deposits.sequence))
  return rows.map(({ status, creditedAt }) => [status, creditedAt])
}
