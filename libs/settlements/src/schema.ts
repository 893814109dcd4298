import type { AssetId } from '@coffer/money/asset'
import { signedUnitsColumn, unitsColumn } from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { SettlementCause } from './domain/settlement.ts'

export const settlementsSchema = pgSchema('settlements')

const moment = () => timestamp({ withTimezone: true, precision: 3 })
const asset = () => text().$type<AssetId>().notNull()

/** What a merchant settled otherwise than by default; `null` is the default. */
export const settings = settlementsSchema.table(
  'settings',
  {
    merchantId: uuid().primaryKey(),
    /** By asset, in decimal strings of its smallest unit. */
    thresholds: jsonb().$type<Readonly<Record<string, string>>>().default({}).notNull(),
    holdBackDays: integer(),
    reserveBasisPoints: integer(),
    reserveDays: integer(),
    /** `HH:MM` in UTC. */
    dailyAt: text(),
    /** When it is settled by schedule next. */
    nextRunAt: moment(),
    changedAt: moment().notNull(),
  },
  (table) => [
    index('settings_by_next_run').on(table.nextRunAt),
    check('settings_hold_back', sql`${table.holdBackDays} between 0 and 365`),
    check('settings_reserve', sql`${table.reserveBasisPoints} between 0 and 10000`),
    check('settings_reserve_days', sql`${table.reserveDays} between 1 and 365`),
    check('settings_schedule', sql`(${table.dailyAt} is null) = (${table.nextRunAt} is null)`),
  ],
)

/** What of a merchant's pending money may be settled by now, one row for each asset. */
export const tallies = settlementsSchema.table(
  'tallies',
  {
    merchantId: uuid().notNull(),
    asset: asset(),
    /** Matured lines that no settlement took, and what earlier ones left; refunds may outweigh. */
    matured: signedUnitsColumn().default(sql`0`).notNull(),
    /** What of it earlier settlements left. */
    carried: signedUnitsColumn().default(sql`0`).notNull(),
    /** How many such lines there are. */
    lines: integer().default(0).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.merchantId, table.asset] }),
    index('tallies_with_lines').on(table.merchantId, table.asset).where(sql`lines > 0`),
    check('tallies_lines', sql`${table.lines} >= 0`),
  ],
)

/** A merchant's money that was settled. Its id is that of the ledger's transaction, too. */
export const settlements = settlementsSchema.table(
  'settlements',
  {
    id: uuid().default(sql`uuidv7()`).primaryKey(),
    merchantId: uuid().notNull(),
    asset: asset(),
    amount: unitsColumn().notNull(),
    reserve: unitsColumn().notNull(),
    /** How many lines it took. */
    lines: integer().notNull(),
    /** What earlier settlements had left. */
    carriedIn: signedUnitsColumn().notNull(),
    /** What it left of its lines, because the ledger had less. */
    carriedOut: signedUnitsColumn().notNull(),
    cause: text().$type<SettlementCause>().notNull(),
    createdAt: moment().notNull(),
    completedAt: moment().notNull(),
    /** When the reserve is free; without a reserve it has none. */
    releaseAt: moment(),
    releasedAt: moment(),
  },
  (table) => [
    index('settlements_of_merchant').on(table.merchantId, table.id),
    index('settlements_to_release').on(table.releaseAt).where(sql`released_at is null`),
    check('settlements_amount', sql`${table.amount} > 0`),
    check('settlements_reserve', sql`${table.reserve} between 0 and ${table.amount}`),
    check('settlements_lines', sql`${table.lines} >= 1`),
    check('settlements_cause', sql`${table.cause} in ('threshold', 'schedule', 'request')`),
    check(
      'settlements_release',
      sql`(${table.releaseAt} is not null) = (${table.reserve} > 0)
        and (${table.releasedAt} is null or ${table.releaseAt} is not null)`,
    ),
  ],
)

/** What a transaction of the ledger added to a merchant's pending money, or took from it. */
export const lines = settlementsSchema.table(
  'lines',
  {
    /** Of the ledger's transaction: each is recorded once. */
    reference: text().notNull(),
    merchantId: uuid().notNull(),
    asset: asset(),
    code: text().notNull(),
    /** What came is positive, what went is negative. */
    amount: signedUnitsColumn().notNull(),
    /** The payment that it belongs to, if it tells one. */
    payment: text(),
    eventAt: moment().notNull(),
    settleableAt: moment().notNull(),
    /** Whether the tally has counted it. */
    isMatured: boolean().notNull(),
    settlementId: uuid().references(() => settlements.id),
  },
  (table) => [
    primaryKey({ columns: [table.reference, table.merchantId, table.asset] }),
    index('lines_to_mature')
      .on(table.merchantId, table.asset, table.settleableAt)
      .where(sql`not is_matured`),
    index('lines_to_settle')
      .on(table.merchantId, table.asset)
      .where(sql`is_matured and settlement_id is null`),
    index('lines_of_payment').on(table.payment).where(sql`settlement_id is null`),
    index('lines_of_settlement').on(table.settlementId, table.eventAt, table.reference),
    check('lines_amount', sql`${table.amount} <> 0`),
    check('lines_settled_mature', sql`${table.settlementId} is null or ${table.isMatured}`),
  ],
)

/** Somebody asked to have an asset settled now. */
export const requests = settlementsSchema.table(
  'requests',
  {
    id: uuid().default(sql`uuidv7()`).primaryKey(),
    merchantId: uuid().notNull(),
    asset: asset(),
    requestedAt: moment().notNull(),
    answeredAt: moment(),
  },
  (table) => [
    // Whoever asks again while nobody has answered asks the same.
    uniqueIndex('requests_open').on(table.merchantId, table.asset).where(sql`answered_at is null`),
  ],
)
