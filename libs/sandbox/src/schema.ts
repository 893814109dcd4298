import { unitsColumn } from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  date,
  index,
  integer,
  pgSchema,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'
import type { MovementKind } from './domain/movement.ts'

export const sandboxSchema = pgSchema('sandbox')

const moment = () => timestamp({ withTimezone: true, precision: 3 })

/** What somebody is charged with, once for each reference. */
export const charges = sandboxSchema.table(
  'charges',
  {
    id: text().primaryKey(),
    /** The caller's name for it. */
    reference: text().notNull().unique(),
    asset: text().notNull(),
    amount: unitsColumn().notNull(),
    card: text().notNull(),
    callbackUrl: text().notNull(),
    status: text()
      .$type<'pending' | 'succeeded' | 'declined' | 'charged_back'>()
      .default('pending')
      .notNull(),
    reason: text(),
    decidesAt: moment().notNull(),
    movedAt: moment(),
  },
  (table) => [
    index('charges_undecided').on(table.decidesAt).where(sql`status = 'pending'`),
    index('charges_to_take_back')
      .on(table.movedAt)
      .where(sql`status = 'succeeded' and card = 'tok_charged_back'`),
    check('charges_amount_positive', sql`${table.amount} > 0`),
  ],
)

/** What goes back of a charge, once for each reference. */
export const refunds = sandboxSchema.table(
  'refunds',
  {
    id: text().primaryKey(),
    reference: text().notNull().unique(),
    chargeId: text()
      .notNull()
      .references(() => charges.id),
    amount: unitsColumn().notNull(),
    callbackUrl: text().notNull(),
    status: text().$type<'pending' | 'succeeded' | 'failed'>().default('pending').notNull(),
    reason: text(),
    decidesAt: moment().notNull(),
    movedAt: moment(),
  },
  (table) => [
    index('refunds_of_charge').on(table.chargeId),
    index('refunds_undecided').on(table.decidesAt).where(sql`status = 'pending'`),
    check('refunds_amount_positive', sql`${table.amount} > 0`),
  ],
)

/** What was moved, as statements tell it. A line never changes, nor its number. */
export const movements = sandboxSchema.table(
  'movements',
  {
    /** Of UTC. */
    day: date().notNull(),
    line: integer().notNull(),
    kind: text().$type<MovementKind>().notNull(),
    /** Our name for what moved, and the caller's. */
    id: text().notNull(),
    reference: text().notNull(),
    asset: text().notNull(),
    amount: unitsColumn().notNull(),
    movedAt: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.line] })],
)

/** What callers are to be told. One that is told twice is here twice under one id. */
export const callbacks = sandboxSchema.table(
  'callbacks',
  {
    number: bigint({ mode: 'number' }).generatedAlwaysAsIdentity().primaryKey(),
    id: text().notNull(),
    url: text().notNull(),
    body: text().notNull(),
    attempts: integer().default(0).notNull(),
    /** When it is tried next; null once it was taken, or given up. */
    dueAt: moment(),
  },
  (table) => [index('callbacks_due').on(table.dueAt).where(sql`due_at is not null`)],
)
