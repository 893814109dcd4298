import { inspect } from 'node:util'
import type { Message } from '@coffer/events/event'
import { memoryBroker } from '@coffer/messaging/memory-broker'
import type { Delivery } from '@coffer/messaging/ports'
import { memoryLog } from '@coffer/messaging/testing/memory-log'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { postTransactions } from '../adapters/post-transactions.ts'
import { postgresShadow } from '../adapters/postgres-shadow.ts'
import { postgresUnitOfWork } from '../adapters/postgres-unit-of-work.ts'
import type { AccountName, TransactionDraft } from '../domain/transaction.ts'
import { bookDeposits } from '../usecases/book-deposits.ts'
import { rebuildLedger } from '../usecases/rebuild-ledger.ts'
import { announcements } from './announcements.ts'
import { confirmed, ETH, reversed, sampleBatch, suspended } from './sample-events.ts'
import { available, credit, custody, draft, end, hold, move, post } from './small-ledger.ts'

/**
 * Books some of everything: credits, suspense, reversals of what was spent and what was not, holds
 * that are open, posted in part, voided and expired, and an account that was closed.
 */
export async function bookSomeOfAll(postgres: Postgres): Promise<void> {
  const book = bookDeposits({ unitOfWork: postgresUnitOfWork({ postgres }) })
  const ask = async (...drafts: TransactionDraft[]) => {
    const outcomes = await postgres.transaction((tx) => postTransactions(tx, drafts))
    const refused = outcomes.find(({ status }) => status !== 'created')
    if (refused) throw new Error(`Expected all to be booked, got ${inspect(refused)}.`)
  }
  await book(sampleBatch)
  const suspect = { number: 101, owner: 'owner-1', amount: 2n }
  await book([suspended(suspect), confirmed({ number: 102, owner: 'owner-9', amount: 5n })])
  await book([reversed({ ...suspect, wasSuspended: true }), confirmed({ ...suspect, revision: 2 })])
  await ask(credit('c1', 'alice', 100n), credit('c2', 'bob', 50n))
  await ask(hold('h1', 'alice', 30n), hold('h2', 'alice', 20n, new Date(Date.now() + 3_600_000)))
  await ask(hold('h3', 'bob', 10n), hold('h4', 'bob', 5n))
  await ask(post('p1', 'h1', 'alice', 12n), end('v1', 'h3', 'voided'))
  await ask(credit('c3', 'frank', 5n))
  const spent = move(available('frank'), available('bob'), 5n)
  await ask(draft('spend', { owner: 'frank', entries: spent }))
  const gone = { number: 103, owner: 'owner-8', amount: 5n }
  await book([confirmed(gone)])
  const given = ['owner-8', 'owner-9'].map((owner) => ({ ...available(owner), asset: ETH }))
  const [from, to] = given as [AccountName, AccountName]
  await ask(draft('gift', { owner: 'owner-8', entries: move(from, to, 4n) }))
  await book([reversed(gone)])
  await ask(
    draft('give', { owner: 'carol', entries: move(custody, available('carol'), 1n) }),
    draft('take', { owner: 'carol', entries: move(available('carol'), custody, 1n) }),
    draft('close', { owner: 'carol', closes: [available('carol')] }),
  )
}

/** What the relay publishes of the whole ledger, by partition. */
export async function publishedLog(postgres: Postgres): Promise<Delivery[]> {
  const messages = await announcements(postgres)
  await tellPublished(postgres)
  return await logOf(messages)
}

/** `messages` as a broker keeps them. */
async function logOf(messages: readonly Message[]): Promise<Delivery[]> {
  const broker = memoryBroker()
  await broker.producer().publish(messages)
  return broker.messages('accounting.events')
}

/** Moves the relay's cursor behind all that there is. */
const tellPublished = (postgres: Postgres) =>
  postgres.execute(sql`
    insert into messaging.relays (topic, source, transaction_id, outbox_id)
    select 'accounting.events', 'ledger.transactions', recorded_xid, id from ledger.transactions
    order by recorded_xid desc, id desc limit 1
    on conflict (topic) do update
    set transaction_id = excluded.transaction_id, outbox_id = excluded.outbox_id`)

type Rebuild = {
  postgres: Postgres
  deliveries: readonly Delivery[]
  putInPlace?: boolean
  atOnce?: number
}

/** Rebuilds the ledger from `deliveries`. */
export const rebuild = ({ postgres, deliveries, putInPlace = false, atOnce = 7 }: Rebuild) =>
  rebuildLedger({ log: memoryLog({ deliveries, atOnce }), shadow: postgresShadow(postgres) })({
    putInPlace,
  })
