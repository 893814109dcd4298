import type { Message } from '@coffer/events/event'
import { relayStep } from '@coffer/messaging/relay'
import { relayLag } from '@coffer/messaging/relay-lag'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed } from '../testing/sample-events.ts'
import { postTransactions } from './post-transactions.ts'
import { transactionsOutbox } from './transactions-outbox.ts'

let database: TestDatabase
let published: Message[]

beforeEach(async () => {
  database = await ledgerDatabase()
  published = []
})
afterEach(() => database[Symbol.asyncDispose]())

const credit = (number: number) =>
  depositCredit(confirmed({ number, owner: 'alice', amount: 5n }).data)

const post = (...numbers: number[]) =>
  database.postgres.transaction((tx) => postTransactions(tx, numbers.map(credit)))

/** Publishes until as many messages are out; transactions of other tests may hold it up. */
function publish(count: number, holder: string): Promise<unknown> {
  const producer = {
    publish: async (messages: readonly Message[]) => void published.push(...messages),
    [Symbol.asyncDispose]: async () => undefined,
  }
  const { postgres } = database
  const lease = { holder, batchSize: 2, leaseMs: 60_000 }
  const step = relayStep({ postgres, producer, ...transactionsOutbox, ...lease })
  const isOut = async () => {
    await step()
    return published.length >= count
  }
  return waitFor(isOut, { what: `${count} announcements`, intervalMs: 5 })
}

const references = () =>
  published.map(({ value }) => (JSON.parse(value) as { reference: string }).reference)

test('publishes what is booked, in order, and knows what waits', async () => {
  await post(1, 2)
  await post(3)
  expect(await relayLag(database.postgres, [transactionsOutbox])).toMatchObject([
    { topic: 'accounting.events', rows: 3 },
  ])

  await publish(3, 'relay')

  expect(references()).toEqual([1, 2, 3].map((number) => credit(number).reference))
  expect(await relayLag(database.postgres, [transactionsOutbox])).toEqual([
    { topic: 'accounting.events', rows: 0, oldestAgeSeconds: 0 },
  ])
})

test('goes on after the database was restored into a cluster that counts from the start', async () => {
  await post(1, 2)
  await publish(2, 'before')
  await post(3)
  // As a restored copy finds itself: what it knows of transactions is of another cluster, in part
  // of this one's past and in part of its future.
  await database.postgres.execute(sql`
    update ledger.transactions
    set recorded_xid = case reference
      when ${credit(3).reference} then
        (recorded_xid::text::bigint + 1000000000000)::text::xid8
      else '7' end
  `)
  await database.postgres.execute(sql`
    update messaging.relays set system_identifier = '1', lease_until = null,
      transaction_id = (transaction_id::text::bigint + 1000000000000)::text::xid8
  `)
  await post(4)

  await publish(4, 'after')
  await post(5)
  await publish(5, 'after')

  expect(references()).toEqual([1, 2, 3, 4, 5].map((number) => credit(number).reference))
  expect(await relayLag(database.postgres, [transactionsOutbox])).toEqual([
    { topic: 'accounting.events', rows: 0, oldestAgeSeconds: 0 },
  ])
})
