import type { Delivery } from '@coffer/messaging/ports'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { bookSomeOfAll, publishedLog, rebuild } from '../testing/rebuild-under-test.ts'

/** Goal: what differs is named. Method: it is planted in a ledger of everything. */

let database: TestDatabase
let deliveries: Delivery[]

beforeEach(async () => {
  database = await ledgerDatabase()
  await bookSomeOfAll(database.postgres)
  deliveries = await publishedLog(database.postgres)
})
afterEach(() => database[Symbol.asyncDispose]())

const compare = () => rebuild({ postgres: database.postgres, deliveries })

/** Changes the ledger as none of its rules allows. */
async function plant(statement: string): Promise<void> {
  await database.postgres.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(sql.raw(statement))
  })
}

const spend = `(select id from ledger.transactions where reference = 'spend')`
const alice = `(select id from ledger.accounts where owner = 'alice')`

test.for([
  {
    name: 'a transaction that the ledger lost',
    statements: [
      `delete from ledger.entries where transaction_id = ${spend}`,
      `delete from ledger.transactions where reference = 'spend'`,
    ],
    says: [
      { subject: /^transaction [0-9]+: spend$/, problem: 'it is in the log and not in the ledger' },
      {
        subject: /^entry 2 of account [0-9]+: owner.available of frank in eip155:1\//,
        problem: /^it is in the log \(5 by transaction [0-9]+\) and not in the ledger$/,
      },
      {
        subject: /^entry 2 of account [0-9]+: owner.available of bob in/,
        problem: /^it is in the log \(-5 by/,
      },
    ],
  },
  {
    name: 'a transaction that the log does not have',
    statements: [
      `insert into ledger.transactions (id, recorded_xid, event_at, reference, code, owner)
        values (0, '3', now(), 'forged', 'test', 'alice')`,
    ],
    says: [{ subject: 'transaction 0: forged', problem: 'it is in the ledger and not in the log' }],
  },
  {
    name: 'an entry that the log does not have',
    statements: [`insert into ledger.entries values (${alice}, 9, ${spend}, 7, 7)`],
    says: [
      {
        subject: /^entry 9 of account [0-9]+: owner.available of alice in/,
        problem: /^it is in the ledger \(7 by transaction [0-9]+\) and not in the log$/,
      },
    ],
  },
  {
    name: 'an amount that was changed',
    statements: [
      `update ledger.entries set amount = 6 where transaction_id = ${spend} and amount > 0`,
    ],
    says: [{ subject: /^entry 2 .* of frank in/, problem: 'its amount is 6, in the log 5' }],
  },
  {
    name: 'a balance that was changed',
    statements: [
      `update ledger.entries set balance_after = 1 where transaction_id = ${spend} and amount > 0`,
    ],
    says: [{ subject: /^entry 2 .* of frank in/, problem: 'its balance is 1, in the log 0' }],
  },
  {
    name: 'two entries in another order',
    statements: [
      `update ledger.entries set account_version = 13 - account_version
        where account_id = ${alice}`,
      `update ledger.entries set account_version = account_version - 10
        where account_id = ${alice}`,
    ],
    says: [
      {
        subject: /^entry 1 .* of alice in/,
        problem: /^its transaction is .*; its amount is 12, in the log -100; its balance/,
      },
      { subject: /^entry 2 .* of alice in/, problem: /its amount is -100, in the log 12/ },
    ],
  },
  {
    name: 'a counter of an account',
    statements: [
      `update ledger.accounts set debits_posted = debits_posted + 1 where id = ${alice}`,
    ],
    says: [
      {
        subject: /^account [0-9]+: owner.available of alice in/,
        problem: 'its debits_posted is 13, in the log 12',
      },
    ],
  },
  {
    name: 'a pending amount',
    statements: [`update ledger.accounts set debits_pending = 0 where id = ${alice}`],
    says: [
      { subject: /^account .* of alice in/, problem: 'its debits_pending is 0, in the log 20' },
    ],
  },
  {
    name: 'what a transaction says of itself',
    statements: [
      `update ledger.transactions set owner = 'mallory', code = 'gift' where reference = 'spend'`,
    ],
    says: [
      {
        subject: /^transaction [0-9]+: spend$/,
        problem: 'its code is gift, in the log test; its owner is mallory, in the log frank',
      },
    ],
  },
  {
    name: 'a reversal that takes back another transaction',
    statements: [
      `update ledger.transactions set reverses = ${spend} where code = 'deposit.reversal'
        and owner = 'owner-3'`,
    ],
    says: [{ subject: /\/reversal$/, problem: /^its reverses is [0-9]+, in the log [0-9]+$/ }],
  },
  {
    name: 'a hold that was forgotten',
    statements: [
      `delete from ledger.open_holds where hold_id =
        (select id from ledger.transactions where reference = 'h2')`,
    ],
    says: [
      { subject: /^hold [0-9]+$/, problem: 'by the log it is open, and in the ledger it is not' },
    ],
  },
  {
    name: 'what a hold reserves',
    statements: [`update ledger.held_entries set amount = 4 where amount = 5`],
    says: [
      { subject: /^hold [0-9]+$/, problem: /^it reserves 4 on account [0-9]+, in the log 5$/ },
    ],
  },
  {
    name: 'an account that is open again',
    statements: [`update ledger.accounts set closed_version = null where owner = 'carol'`],
    says: [
      { subject: /^account .* of carol in/, problem: 'its closed_version is none, in the log 2' },
    ],
  },
])('names $name', async ({ statements, says }) => {
  for (const statement of statements) await plant(statement)

  const report = await compare()

  expect(report).toMatchObject({ isEqual: false, differencesCount: says.length })
  expect(report.differences).toHaveLength(says.length)
  for (const { subject, problem } of says) {
    expect(report.differences).toContainEqual({
      subject: expect.stringMatching(subject),
      problem: expect.stringMatching(problem),
    })
  }
})
