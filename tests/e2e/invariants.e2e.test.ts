import { randomUUID } from 'node:crypto'
import { eventMessage } from '@coffer/events/event'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { silentLogger } from '@coffer/telemetry/logger'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { checkInvariants } from './invariants.ts'

let under: CofferUnderTest

beforeAll(async () => {
  under = await cofferUnderTest({ name: 'invariants', users: 3 })
  await under.pay({ count: 12, blocks: 4 })
  await under.settle()
  // A database is copied only while nobody is connected to it.
  await Promise.all([...under.coffer.apps.values()].map((app) => app.stop()))
  await under.postgres[Symbol.asyncDispose]()
})

afterAll(async () => {
  await under[Symbol.asyncDispose]()
})

test('finds nothing wrong with a Coffer that works', async () => {
  expect(await violatedAfter('')).toEqual([])
})

/** More than anybody was ever paid. */
const RICHES = 10n ** 40n

/** Books a deposit under `reference` as it ought to be booked: the ledger itself is in order. */
function credit(reference: string): string {
  return `
    with account as (
      update ledger.accounts set
        debits_posted = debits_posted + (code = 'custody')::int * ${RICHES},
        credits_posted = credits_posted + (code <> 'custody')::int * ${RICHES},
        version = version + 1
      where id in (
        select min(id) from ledger.accounts
        where asset like '%slip44:60' and code in ('custody', 'owner.available')
        group by code)
      returning id, code, version, debits_posted - credits_posted as balance
    ), booked as (
      insert into ledger.transactions (reference, code, owner, event_at)
      values (${reference}, 'deposit.credit', 'someone', now()) returning id
    )
    insert into ledger.entries (account_id, account_version, transaction_id, amount, balance_after)
    select account.id, account.version, booked.id,
      case account.code when 'custody' then ${RICHES} else -${RICHES} end,
      account.balance
    from account, booked`
}

const PLANTED = [
  {
    name: 'an entry that nothing balances',
    invariants: ['I1'],
    corruption: `
      update ledger.entries set amount = amount + 1
      where (account_id, account_version) in (
        select account_id, account_version from ledger.entries where amount > 0 limit 1)`,
  },
  {
    name: 'a balance below zero',
    invariants: ['I1', 'I6'],
    corruption: `
      alter table ledger.accounts drop constraint accounts_available_not_negative;
      update ledger.accounts set debits_posted = credits_posted + 1
      where id = (select id from ledger.accounts where code = 'owner.available' limit 1)`,
  },
  {
    name: 'a credit of a deposit that is not on the chain',
    invariants: ['I4', 'I5'],
    corruption: credit(`'eip155:31337:0x' || repeat('ab', 32) || ':value'`),
  },
  {
    name: 'a second credit of a deposit',
    invariants: ['I2', 'I5'],
    corruption: credit(`
      (select reference || '#2' from ledger.transactions
        where reference like '%:value' or reference like '%:log:%' limit 1)`),
  },
  {
    name: 'a deposit that nobody credited',
    invariants: ['I3'],
    corruption: `
      delete from ledger.entries where transaction_id =
        (select id from ledger.transactions order by id limit 1);
      delete from ledger.transactions where id =
        (select id from ledger.transactions order by id limit 1)`,
  },
  {
    name: 'a credit to another owner',
    invariants: ['I3'],
    corruption: `
      update ledger.accounts set owner = gen_random_uuid() where code = 'owner.available'`,
  },
  {
    name: 'a transaction of which the log says something else',
    invariants: ['replay'],
    corruption: `
      update ledger.transactions set event_at = event_at + interval '1 hour'
      where id = (select max(id) from ledger.transactions)`,
  },
  {
    name: 'a transaction that the log has and the ledger has lost',
    invariants: ['replay'],
    corruption: `
      delete from ledger.entries where transaction_id =
        (select max(id) from ledger.transactions);
      delete from ledger.transactions where id = (select max(id) from ledger.transactions)`,
  },
  {
    name: 'a block that was never scanned',
    invariants: ['I8'],
    corruption: `delete from deposits.blocks where number = 5`,
  },
  {
    name: 'a block that is not of the chain',
    invariants: ['I8'],
    corruption: `update deposits.blocks set hash = sha256(hash) where number = 5`,
  },
  {
    name: 'a checkpoint ahead of the blocks',
    invariants: ['I8'],
    corruption: `update deposits.chains set checkpoint_number = checkpoint_number + 1`,
  },
  {
    name: 'an event that was owed and never published',
    invariants: ['I9'],
    corruption: `
      insert into messaging.outbox (transaction_id, topic, key, headers, value)
      select '1', topic, key, '{"ce_id":"unheard"}', value from messaging.outbox limit 1`,
  },
  {
    name: 'an event whose id has changed since it was published',
    invariants: ['I9'],
    corruption: `
      update messaging.outbox set headers = headers || '{"ce_id":"renamed"}'
      where id = (select min(id) from messaging.outbox)`,
  },
  {
    name: 'events of an owner that were committed in another order',
    invariants: ['I9'],
    corruption: `
      update messaging.outbox set transaction_id = '1', id = default
      where id = (select max(id) from messaging.outbox where topic = 'wallet.events'
        group by key having count(*) > 1 limit 1)`,
  },
  {
    name: 'an event that still waits for the broker',
    invariants: ['I11'],
    corruption: `update messaging.relays set transaction_id = '0', outbox_id = 0`,
  },
  {
    name: 'a chain that is not scanned to its head',
    invariants: ['I11'],
    corruption: `
      delete from deposits.blocks where number = (select max(number) from deposits.blocks);
      update deposits.chains set checkpoint_number = checkpoint_number - 1,
        checkpoint_hash = (select hash from deposits.blocks order by number desc limit 1)`,
  },
]

test.for(PLANTED)('finds $name', async ({ corruption, invariants }) => {
  expect(await violatedAfter(corruption)).toEqual(expect.arrayContaining(invariants))
})

test('finds a message that nobody owed and nobody has handled', async () => {
  const [owner = ''] = under.owners.values()
  await using producer = await kafkaProducer({
    brokers: under.coffer.urls.KAFKA_BROKERS.split(','),
    clientId: 'forger',
    logger: silentLogger,
  })
  const hash = `0x${'cd'.repeat(32)}` as const
  const address = `0x${'ef'.repeat(20)}` as const
  const data = {
    depositId: `eip155:31337:${hash}:value`,
    revision: 1,
    owner,
    chain: 'eip155:31337',
    asset: 'eip155:31337/slip44:60',
    amount: '1',
    from: address,
    to: address,
    txHash: hash,
    position: 'value',
    blockNumber: 1,
    blockHash: hash,
    blockTime: new Date(0).toISOString(),
  }
  const [type, id, time] = ['deposit.confirmed', data.depositId, data.blockTime] as const
  await producer.publish([eventMessage({ type, id, time, source: 'forger', key: owner, data })])

  const violated = await violatedAfter('')

  expect(violated).toEqual(expect.arrayContaining(['I9', 'I11']))
})

/**
 * The names of the invariants that do not hold in a copy of the database that was tampered with.
 */
async function violatedAfter(corruption: string): Promise<string[]> {
  const { urls, messaging, chain } = under.coffer
  const copy = new URL(urls.DATABASE_URL)
  const name = `copy_${randomUUID().replaceAll('-', '')}`
  copy.pathname = `/${name}`
  const [, original] = new URL(urls.DATABASE_URL).pathname.split('/')
  await execute('/postgres', `create database ${name} template ${original}`)
  await execute(copy.pathname, `set session_replication_role = replica; ${corruption}`)
  const coffer = { urls: { ...urls, DATABASE_URL: copy.href }, messaging, chain }
  const violations = await checkInvariants({ coffer, owners: under.owners })
  return [...new Set(violations.map(({ invariant }) => invariant))].sort()
}

/** Runs statements in a database of the stack's server. */
async function execute(pathname: string, statements: string): Promise<void> {
  const url = new URL(under.coffer.urls.DATABASE_URL)
  url.pathname = pathname
  await using postgres = openPostgres(url.href, { connectionsMax: 1 })
  await postgres.execute(sql.raw(statements))
}
