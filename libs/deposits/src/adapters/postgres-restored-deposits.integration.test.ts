import { parseDepositReference } from '@coffer/events/deposit-reference'
import { type Message, readEvent } from '@coffer/events/event'
import type { Address } from '@coffer/evm/address'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ScanStore } from '../ports.ts'
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
import { restoreDeposits } from '../usecases/restore-deposits.ts'
import { postgresBookings } from './postgres-bookings.ts'
import { postgresRestoredDeposits } from './postgres-restored-deposits.ts'
import { postgresScanStore } from './postgres-scan-store.ts'
import { ensureChain } from './scan-lease.ts'

/** Goal: a lost table of deposits is what its events say. Method: it is emptied, and restored. */

let database: ScanDatabase
beforeAll(async () => {
  database = await scanDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  await database.clear()
  await ensureChain(database.postgres, { chain: CHAIN, start: START })
  for (const [address, owner] of OWNERS) await database.watch(CHAIN, owner, [address as Address])
})

const scan = () =>
  postgresScanStore(database.postgres, { chain: CHAIN, holder: 'one', leaseMs: 60_000 })

/** Deposit 1 is credited, 2 taken back and confirmed once more, 3 taken back, and 4 suspended. */
async function scanned(): Promise<ScanStore> {
  const store = scan()
  await store.open()
  const suspended = pay(4, 10, { rejection: 'below_minimum' })
  await store.advance(
    on(null, chainOf(10, 11), [pay(1, 10), suspended, pay(2, 11), pay(3, 11)], 11),
  )
  await record(confirmed(1).id, confirmed(2).id, confirmed(3).id)
  await store.rollBack({ from: block(11), to: block(10) })
  await record(reversed(2).id, reversed(3).id)
  await store.advance(on(block(10), chainOf(11.5), [pay(2, 11.5)], 11))
  await record(confirmed(2, { revision: 2 }).id)
  return store
}

const record = (...references: string[]) =>
  postgresBookings(database.postgres).record(
    references.map((each) => ({ ...parseDepositReference(each), at: new Date(0) })),
  )

async function restore(): Promise<number> {
  const messages = await database.postgres.execute<Pick<Message, 'headers' | 'value'>>(sql`
    select headers, value from messaging.outbox order by transaction_id, id`)
  const events = messages.map(readEvent).filter((event) => event.type.startsWith('deposit.'))
  const store = restoreDeposits(postgresRestoredDeposits(database.postgres))
  return await store(events as Parameters<typeof store>[0])
}

const stored = () =>
  database.postgres.execute(sql`
    select tx_hash, position, owner, asset, amount, "from", "to", block_number, block_hash,
      block_time, status, reason, revision, credited_at
    from deposits.deposits order by tx_hash`)

test('what its events say is stored again, and what the ledger says with it', async () => {
  await scanned()
  const before = await stored()
  await database.postgres.execute(sql`truncate deposits.deposits`)

  expect(await restore()).toBe(4)
  await record(confirmed(1).id, confirmed(2).id, confirmed(3).id, reversed(2).id, reversed(3).id)
  await record(confirmed(2, { revision: 2 }).id)

  expect(before.map(({ status, revision }) => `${status} ${revision}`)).toEqual([
    'credited 1',
    'credited 2',
    'reversed 1',
    'rejected 1',
  ])
  expect(await stored()).toEqual(before)
})

test('a later reorg takes back what was confirmed last, and not once more what was', async () => {
  const store = await scanned()
  await database.postgres.execute(sql`truncate deposits.deposits`)
  await restore()

  await store.rollBack({ from: block(11.5, 10), to: block(10) })

  const events = await database.events()
  expect(events.at(-1)).toEqual(reversed(2, { revision: 2 }))
})

test('nothing that is stored is changed, however often it is restored', async () => {
  const store = await scanned()
  const before = await stored()
  expect(await restore()).toBe(0)
  expect(await stored()).toEqual(before)

  // A deposit that was taken back and is seen again is further than any of its events.
  await store.rollBack({ from: block(11.5, 10), to: block(10) })
  await store.advance(on(block(10), chainOf(11), [pay(2, 11)], 10))
  const seen = await stored()

  expect(await restore()).toBe(0)
  expect(await stored()).toEqual(seen)
})
