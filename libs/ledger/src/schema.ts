import { signedUnitsColumn } from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  index,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'

export const ledgerSchema = pgSchema('ledger')

const counter = () => signedUnitsColumn().default(sql`0`).notNull()

/** One owner's amounts of one asset under one code of the chart of accounts. */
export const accounts = ledgerSchema.table(
  'accounts',
  {
    id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().primaryKey(),
    /** An owner's id, or `system`. */
    owner: text().notNull(),
    code: text().notNull(),
    asset: text().notNull(),
    debitsPosted: counter(),
    creditsPosted: counter(),
    debitsPending: counter(),
    creditsPending: counter(),
    /** How many entries the account has. */
    version: bigint({ mode: 'number' }).default(0).notNull(),
    openedAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
  },
  (table) => [
    unique('accounts_identity').on(table.owner, table.code, table.asset),
    check(
      'accounts_available_not_negative',
      sql`${table.code} <> 'owner.available'
        or ${table.creditsPosted} - ${table.debitsPosted} - ${table.debitsPending} >= 0`,
    ),
    check(
      'accounts_counters_not_negative',
      sql`least(${table.debitsPosted}, ${table.creditsPosted},
        ${table.debitsPending}, ${table.creditsPending}) >= 0`,
    ),
  ],
)

/** What was booked. A row is never changed: what was wrong is taken back by a new transaction. */
export const transactions = ledgerSchema.table('transactions', {
  id: uuid().default(sql`uuidv7()`).primaryKey(),
  /** Named by whoever asked for it: the same reference is booked once. */
  reference: text().notNull().unique('transactions_reference'),
  /** Why, for example `deposit.credit`. */
  code: text().notNull(),
  /** When it happened outside, to the millisecond. */
  eventAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  recordedAt: timestamp({ withTimezone: true, precision: 3 }).defaultNow().notNull(),
})

/** One account's part in a transaction; any past balance is one seek by account and version. */
export const entries = ledgerSchema.table(
  'entries',
  {
    accountId: bigint({ mode: 'bigint' })
      .notNull()
      .references(() => accounts.id),
    /** Counts the account's entries from 1. */
    accountVersion: bigint({ mode: 'number' }).notNull(),
    transactionId: uuid()
      .notNull()
      .references(() => transactions.id),
    /** A debit is positive, a credit negative. */
    amount: signedUnitsColumn().notNull(),
    /** Debits − credits of the account, this entry included. */
    balanceAfter: signedUnitsColumn().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.accountVersion] }),
    index('entries_by_transaction').on(table.transactionId),
    check('entries_amount_not_zero', sql`${table.amount} <> 0`),
    check('entries_version_from_one', sql`${table.accountVersion} >= 1`),
  ],
)
