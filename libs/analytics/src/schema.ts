import { signedUnitsColumn } from '@coffer/postgres/columns'
import { bigint, index, jsonb, pgSchema, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import type { Measure, StoredLine } from './domain/fact.ts'

export const analyticsSchema = pgSchema('analytics')

const name = () => text().notNull()

/** The newest that is known of each noun, and what it adds to the totals. */
export const facts = analyticsSchema.table('facts', {
  /** For example `payment:{id}`. */
  noun: text().primaryKey(),
  /** Grows with each event of the noun; of two of one version that with the greater id counts. */
  version: bigint({ mode: 'number' }).notNull(),
  eventId: name(),
  lines: jsonb().$type<readonly StoredLine[]>().notNull(),
  countedAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
})

/** The sum of the lines of all facts. What a dimension does not apply to is the empty text. */
export const totals = analyticsSchema.table(
  'totals',
  {
    /** Its beginning. */
    hour: timestamp({ withTimezone: true }).notNull(),
    measure: text().$type<Measure>().notNull(),
    asset: name(),
    chain: name(),
    channel: name(),
    merchant: name(),
    count: bigint({ mode: 'number' }).notNull(),
    amount: signedUnitsColumn().notNull(),
    fee: signedUnitsColumn().notNull(),
    /** Of what takes time, milliseconds. */
    tookMs: signedUnitsColumn().notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.hour, table.measure, table.asset, table.chain, table.channel, table.merchant],
    }),
    index('totals_of_merchant').on(table.merchant, table.hour),
  ],
)

/** How merchants are called. */
export const merchants = analyticsSchema.table('merchants', {
  id: text().primaryKey(),
  version: bigint({ mode: 'number' }).notNull(),
  name: name(),
})
