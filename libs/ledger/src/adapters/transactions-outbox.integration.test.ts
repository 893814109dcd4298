import type { Message } from '@coffer/events/event'
import { relayStep } from '@coffer/messaging/relay'
import { relayLag } from '@coffer/messaging/relay-lag'
import { rowsRead } from '@coffer/testkit/rows-read'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed } from '../testing/sample-events.ts'
import { postTransactions } from './post-transactions.ts'
import { transactionsOutbox } from './transactions-outbox.ts'

const ROWS = 100_000
const CONNECTIONS = 2

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
  const { isOut } = relayOf(database.postgres, holder)
  return waitFor(() => isOut(count), { what: `${count} announcements`, intervalMs: 5 })
}

function relayOf(postgres: TestDatabase['postgres'], holder: string) {
  const producer = {
    publish: async (messages: readonly Message[]) => void published.push(...messages),
    [Symbol.asyncDispose]: async () => undefined,
  }
  const lease = { holder, batchSize: 2, leaseMs: 60_000 }
  const step = relayStep({ postgres, producer, ...transactionsOutbox, ...lease })
  const isOut = async (count: number) => {
    await step()
    return published.length >= count
  }
  return { step, isOut }
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

test('reads little more than it publishes, however large the ledger is', async () => {
  await using large = await ledgerDatabase({ connectionsMax: CONNECTIONS })
  const { postgres } = large
  const { step, isOut } = relayOf(postgres, 'relay')
  const book = (number: number) =>
    postgres.transaction((tx) => postTransactions(tx, [credit(number)]))
  await book(1)
  await waitFor(() => isOut(1), { what: 'the first' })
  await postgres.transaction(async (tx) => {
    // As when it was restored: what must hold was checked when each was booked.
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(sql`
      insert into ledger.transactions (event_at, reference, code, owner)
      select now(), 'many ' || n, 'deposit.credit', 'alice'
      from generate_series(1, ${ROWS}::int) n`)
  })
  await postgres.execute(sql`
    update messaging.relays set (transaction_id, outbox_id) =
      (select recorded_xid, id from ledger.transactions order by id desc limit 1)`)
  await postgres.execute(sql.raw('vacuum analyze ledger.transactions'))
  const read = () => rowsRead(postgres, { table: 'ledger.transactions', connections: CONNECTIONS })

  const before = await read()
  for (let times = 0; times < 5; times += 1) await step()
  const idle = (await read()) - before
  await book(2)
  await waitFor(() => isOut(2), { what: 'the second' })

  expect(idle).toBeLessThan(100)
  expect((await read()) - before).toBeLessThan(1_000)
})
