import type { AssetId } from '@coffer/money/asset'
import { signedUnitsColumn } from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import {
  bigint,
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
import type { AdjustmentKind, EntryOnWire } from './domain/adjustment.ts'
import type { ItemKind } from './domain/channel-item.ts'
import type { DifferenceStatus } from './domain/difference.ts'
import type { DifferenceKind } from './domain/finding.ts'
import type { RunCounts, RunProgress, RunScope, RunStatus } from './domain/run.ts'

export const reconciliationSchema = pgSchema('reconciliation')

const moment = () => timestamp({ withTimezone: true, precision: 3 })

const group = () => ({
  channel: text().notNull(),
  kind: text().$type<ItemKind>().notNull(),
  /** What was given to the channel as our name for it. */
  reference: text().notNull(),
})

/** What came of holding both sides of a movement against each other. */
export const channelGroups = reconciliationSchema.table(
  'channel_groups',
  {
    ...group(),
    outcome: text().$type<'matched' | 'waiting' | 'differs'>().default('waiting').notNull(),
    /** When it is to be looked at again. */
    dueAt: moment(),
    /** Whatever moved before was to be told by then, by both sides. */
    through: moment(),
  },
  (table) => [
    primaryKey({ columns: [table.channel, table.kind, table.reference] }),
    index('channel_groups_unmatched')
      .on(table.channel, table.kind, table.reference)
      .where(sql`outcome <> 'matched'`),
    check('channel_groups_outcome', sql`${table.outcome} in ('matched', 'waiting', 'differs')`),
  ],
)

/** What our ledger says that channels moved. */
export const channelBookings = reconciliationSchema.table(
  'channel_bookings',
  {
    /** Reference of the ledger transaction. */
    id: text().notNull(),
    asset: text().$type<AssetId>().notNull(),
    ...group(),
    /** What the channel owes us more by it; less if it is negative. */
    amount: signedUnitsColumn().notNull(),
    movedAt: moment().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.id, table.asset] }),
    index('channel_bookings_of_group').on(table.channel, table.kind, table.reference),
  ],
)

/** What statements of channels say that they moved. */
export const statementLines = reconciliationSchema.table(
  'statement_lines',
  {
    ...group(),
    statementId: text().notNull(),
    line: integer().notNull(),
    channelReference: text().notNull(),
    asset: text().$type<AssetId>().notNull(),
    /** What the channel owes us more by it; less if it is negative. */
    amount: signedUnitsColumn().notNull(),
    movedAt: moment().notNull(),
    recordedAt: moment().defaultNow().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.channel, table.statementId, table.line] }),
    index('statement_lines_of_group').on(table.channel, table.kind, table.reference),
    index('statement_lines_by_time').on(table.channel, table.movedAt),
    check('statement_lines_from_one', sql`${table.line} >= 1`),
  ],
)

/** What our books and somebody else's word do not agree on. None is ever deleted. */
export const differences = reconciliationSchema.table(
  'differences',
  {
    id: uuid().primaryKey(),
    /** Grows with each. */
    number: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().unique(),
    kind: text().$type<DifferenceKind>().notNull(),
    place: text().notNull(),
    subject: text().notNull(),
    itemKind: text().$type<ItemKind>(),
    reference: text(),
    oursAsset: text().$type<AssetId>(),
    ours: signedUnitsColumn(),
    theirsAsset: text().$type<AssetId>(),
    theirs: signedUnitsColumn(),
    block: bigint({ mode: 'bigint' }),
    happenedAt: moment().notNull(),
    detail: text(),
    status: text().$type<DifferenceStatus>().default('open').notNull(),
    isSuspended: boolean().default(false).notNull(),
    noticedAt: moment().notNull(),
    closedAt: moment(),
    closedBy: text(),
  },
  (table) => [
    uniqueIndex('differences_open_once')
      .on(table.kind, table.place, table.subject)
      .where(sql`status = 'open'`),
    index('differences_of_group').on(table.place, table.itemKind, table.reference),
    index('differences_about').on(table.place, table.subject),
    index('differences_by_status').on(table.status, table.number),
    check('differences_status', sql`${table.status} in ('open', 'explained', 'adjusted')`),
    check('differences_closed', sql`(${table.status} = 'open') = (${table.closedAt} is null)`),
    check(
      'differences_amounts',
      sql`(${table.ours} is null) = (${table.oursAsset} is null)
        and (${table.theirs} is null) = (${table.theirsAsset} is null)`,
    ),
  ],
)

/** How differences are to be settled. A row is decided once: confirmed, or replaced by another. */
export const adjustments = reconciliationSchema.table(
  'adjustments',
  {
    id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity().primaryKey(),
    differenceId: uuid()
      .notNull()
      .references(() => differences.id),
    kind: text().$type<AdjustmentKind>().notNull(),
    /** What is to be booked, as it is hashed. */
    entries: jsonb().$type<readonly EntryOnWire[]>().notNull(),
    reason: text().notNull(),
    /** Of all of the above: what the second person confirms. */
    hash: text().notNull(),
    proposedBy: text().notNull(),
    proposedAt: moment().notNull(),
    status: text().$type<'proposed' | 'confirmed' | 'replaced'>().default('proposed').notNull(),
    confirmedBy: text(),
    confirmedAt: moment(),
  },
  (table) => [
    uniqueIndex('adjustments_proposed_once').on(table.differenceId).where(sql`status = 'proposed'`),
    check('adjustments_status', sql`${table.status} in ('proposed', 'confirmed', 'replaced')`),
    check(
      'adjustments_by_two',
      sql`(${table.status} = 'confirmed') = (${table.confirmedBy} is not null)
        and lower(${table.confirmedBy}) is distinct from lower(${table.proposedBy})`,
    ),
  ],
)

/** What was asked to be reconciled, and how far that is. */
export const runs = reconciliationSchema.table(
  'runs',
  {
    id: uuid().primaryKey(),
    /** The same key is run once, whoever asks. */
    key: text().unique('runs_key'),
    scope: text().$type<RunScope>().notNull(),
    /** The channel or the chain. */
    place: text().notNull(),
    /** Of a channel: whatever moved before is held to be told of. */
    through: moment(),
    /** Of a chain: credits that were held against it before are so again. */
    isWhole: boolean().default(false).notNull(),
    status: text().$type<RunStatus>().default('running').notNull(),
    /** Grows with each step. */
    version: integer().default(1).notNull(),
    progress: jsonb().$type<RunProgress>().notNull(),
    counts: jsonb().$type<RunCounts>().notNull(),
    /** When its next step is due. */
    dueAt: moment().notNull(),
    startedAt: moment().notNull(),
    finishedAt: moment(),
    failures: integer().default(0).notNull(),
    lastError: text(),
  },
  (table) => [
    index('runs_due').on(table.dueAt).where(sql`status = 'running'`),
    check('runs_status', sql`${table.status} in ('running', 'done', 'failed')`),
    check('runs_finished', sql`(${table.status} = 'running') = (${table.finishedAt} is null)`),
  ],
)

/** Up to where credits were held against their chain, in the order in which they were booked. */
export const creditPlaces = reconciliationSchema.table('credit_places', {
  chain: text().primaryKey(),
  place: text().notNull(),
})
