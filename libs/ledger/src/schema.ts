import { hexColumn, signedUnitsColumn, transactionIdColumn } from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { DEBTS, NOT_NEGATIVE } from './domain/chart-of-accounts.ts'
import type { Resolution } from './domain/transaction.ts'

export const ledgerSchema = pgSchema('ledger')

/** Text that is compared byte by byte: names, which need no order of a language. */
const nameColumn = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' })

/** Most transactions that are posted at once, and so the distance between two batches' ids. */
export const IDS_OF_A_BATCH = 16_384

const counter = () => signedUnitsColumn().default(sql`0`).notNull()

/** One owner's amounts of one asset under one code of the chart of accounts. */
export const accounts = ledgerSchema.table(
  'accounts',
  {
    id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().primaryKey(),
    /** An owner's id, or `system`. */
    owner: nameColumn().notNull(),
    code: nameColumn().notNull(),
    asset: nameColumn().notNull(),
    /**
     * The system's accounts are many in one, so that those who post at the same time need not wait
     * for each other: what it has is the sum. An owner has one, of number 0.
     */
    shard: smallint().default(0).notNull(),
    debitsPosted: counter(),
    creditsPosted: counter(),
    debitsPending: counter(),
    creditsPending: counter(),
    /** How many entries the account has. */
    version: bigint({ mode: 'number' }).default(0).notNull(),
    /** What its version was when it was closed, and stays. */
    closedVersion: bigint({ mode: 'number' }),
    openedAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
  },
  (table) => [
    unique('accounts_identity').on(table.owner, table.code, table.asset, table.shard),
    // It names nothing that changes, so that counting stays as cheap as it is.
    index('accounts_debts')
      .on(table.owner)
      .where(sql`${table.code} in (${sql.raw(DEBTS.map((code) => `'${code}'`).join(', '))})`),
    check('accounts_shard_of_system', sql`${table.shard} = 0 or ${table.owner} = 'system'`),
    check(
      'accounts_available_not_negative',
      sql`${table.code} not in (${sql.raw(NOT_NEGATIVE.map((code) => `'${code}'`).join(', '))})
        or ${table.creditsPosted} - ${table.debitsPosted} - ${table.debitsPending} >= 0`,
    ),
    check(
      'accounts_counters_not_negative',
      sql`least(${table.debitsPosted}, ${table.creditsPosted},
        ${table.debitsPending}, ${table.creditsPending}) >= 0`,
    ),
    check(
      'accounts_closed_stays_empty',
      sql`${table.closedVersion} is null or (
        ${table.owner} <> 'system' and ${table.closedVersion} = ${table.version}
        and ${table.creditsPosted} = ${table.debitsPosted}
        and ${table.debitsPending} = 0 and ${table.creditsPending} = 0)`,
    ),
  ],
)

/**
 * What was booked, and what was refused: a reference is answered the same for ever. A row is never
 * changed: what was wrong is taken back by a new transaction. What a row announces is owed to the
 * broker by the row itself, as a row of an outbox is.
 */
export const transactions = ledgerSchema.table(
  'transactions',
  {
    /** A batch takes one number of the sequence and counts its transactions from there. */
    id: bigint({ mode: 'bigint' })
      .generatedByDefaultAsIdentity({ increment: IDS_OF_A_BATCH })
      .primaryKey(),
    /** The writing transaction of PostgreSQL, in whose order they are announced. */
    recordedXid: transactionIdColumn().default(sql`pg_current_xact_id()`).notNull(),
    /** When it happened outside, to the millisecond. */
    eventAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    /** Taken while its accounts are locked: it grows along the entries of an account. */
    recordedAt: timestamp({ withTimezone: true, precision: 3 })
      .default(sql`clock_timestamp()`)
      .notNull(),
    /** Named by whoever asked for it: the same reference is booked once. */
    reference: nameColumn().notNull().unique('transactions_reference'),
    /** Why, for example `deposit.credit`. */
    code: nameColumn().notNull(),
    /** Whom it concerns: the key of its announcement. */
    owner: nameColumn().notNull(),
    traceparent: text(),
    /** Why it was refused. Then it has no entries, and is not announced. */
    refusal: jsonb(),
    /** `held`: it only reserves. `posted`, `voided`, `expired`: how it ended a hold. */
    phase: nameColumn().$type<'held' | Resolution>(),
    /** From when on a hold can't be posted any more. */
    expiresAt: timestamp({ withTimezone: true, precision: 3 }),
    /** The hold that it ended. */
    resolves: bigint({ mode: 'bigint' }),
    /** The transaction that it took back. */
    reverses: bigint({ mode: 'bigint' }),
    /** The accounts that it closed. */
    closes: bigint({ mode: 'bigint' }).array(),
  },
  (table) => [
    index('transactions_in_commit_order').on(table.recordedXid, table.id),
    // A hold ends once, and a transaction is taken back once, whoever asks.
    uniqueIndex('transactions_resolve_once')
      .on(table.resolves)
      .where(sql`${table.resolves} is not null`),
    uniqueIndex('transactions_reverse_once')
      .on(table.reverses)
      .where(sql`${table.reverses} is not null`),
    check(
      'transactions_phase',
      sql`case when ${table.phase} is null then
          ${table.resolves} is null and ${table.expiresAt} is null
        when ${table.phase} = 'held' then ${table.resolves} is null
        else ${table.phase} in ('posted', 'voided', 'expired')
          and ${table.resolves} is not null and ${table.expiresAt} is null
        end`,
    ),
  ],
)

/** One account's part in a transaction; any past balance is one seek by account and version. */
export const entries = ledgerSchema.table(
  'entries',
  {
    accountId: bigint({ mode: 'bigint' }).notNull(),
    /** Counts the account's entries from 1. */
    accountVersion: bigint({ mode: 'number' }).notNull(),
    transactionId: bigint({ mode: 'bigint' }).notNull(),
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

/** What a hold reserves of one account. A row is never changed. */
export const heldEntries = ledgerSchema.table(
  'held_entries',
  {
    holdId: bigint({ mode: 'bigint' }).notNull(),
    accountId: bigint({ mode: 'bigint' }).notNull(),
    /** A debit is positive, a credit negative. */
    amount: signedUnitsColumn().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.holdId, table.accountId] }),
    index('held_entries_by_account').on(table.accountId, table.holdId),
    check('held_entries_amount_not_zero', sql`${table.amount} <> 0`),
  ],
)

/** The holds that nothing has resolved so far. */
export const openHolds = ledgerSchema.table(
  'open_holds',
  {
    holdId: bigint({ mode: 'bigint' }).primaryKey(),
    expiresAt: timestamp({ withTimezone: true, precision: 3 }),
  },
  (table) => [index('open_holds_by_expiry').on(table.expiresAt)],
)

/** Hashes over what was booked, each over the one before it. A row is never changed. */
export const seals = ledgerSchema.table(
  'seals',
  {
    /** Counts from 1, without a gap. */
    number: bigint({ mode: 'bigint' }).primaryKey(),
    count: integer().notNull(),
    /** Hash of the seal before it; of the first one zeros. */
    previous: hexColumn().notNull(),
    /** Root of the Merkle tree over the leaves. */
    root: hexColumn().notNull(),
    sealedAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    /** Over all of the above. */
    hash: hexColumn().notNull().unique('seals_hash'),
    /** The last transaction that it seals: the next seal begins behind it. */
    throughXid: transactionIdColumn().notNull(),
    throughId: bigint({ mode: 'bigint' }).notNull(),
    transactionIds: bigint({ mode: 'bigint' }).array().notNull(),
    /** Hashes of 32 bytes, of each transaction in its place. */
    leaves: hexColumn().notNull(),
  },
  (table) => [
    check(
      'seals_whole',
      sql`${table.count} >= 1 and cardinality(${table.transactionIds}) = ${table.count}
        and octet_length(${table.leaves}) = 32 * ${table.count}
        and octet_length(${table.previous}) = 32 and octet_length(${table.root}) = 32
        and octet_length(${table.hash}) = 32`,
    ),
  ],
)
