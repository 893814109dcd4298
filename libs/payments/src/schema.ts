import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import { hexColumn, unitsColumn } from '@coffer/postgres/columns'
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  index,
  integer,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { ChargeStatus } from './domain/charge.ts'
import type { StoredRefusal } from './domain/decide-payments.ts'
import type { Channel, PaymentStatus } from './domain/payment.ts'
import type { RefundStatus } from './domain/refund.ts'

export const paymentsSchema = pgSchema('payments')

const moment = () => timestamp({ withTimezone: true, precision: 3 })

/** Who takes payments. Its id is that of an owner. */
export const merchants = paymentsSchema.table(
  'merchants',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    email: text().notNull(),
    locale: text().$type<'en' | 'zh'>().default('en').notNull(),
    /** What we keep of a payment, in hundredths of a per cent. */
    feeBasisPoints: integer().default(0).notNull(),
    version: integer().default(1).notNull(),
    createdAt: moment().defaultNow().notNull(),
  },
  (table) => [
    check('merchants_fee', sql`${table.feeBasisPoints} between 0 and 10000`),
    check('merchants_locale', sql`${table.locale} in ('en', 'zh')`),
  ],
)

/** What somebody is to pay for. */
export const orders = paymentsSchema.table(
  'orders',
  {
    id: uuid().primaryKey(),
    /** One that there is: see `refuse_unknown_merchants` in migrations/. */
    merchantId: uuid().notNull(),
    /** The merchant's own name for it. */
    reference: text().notNull(),
    description: text(),
    asset: text().$type<AssetId>().notNull(),
    amount: unitsColumn().notNull(),
    /** Nothing is expected for it since then; what comes all the same is booked. */
    cancelledAt: moment(),
    version: integer().default(1).notNull(),
    createdAt: moment().notNull(),
  },
  (table) => [
    unique('orders_reference').on(table.merchantId, table.reference),
    check('orders_amount_positive', sql`${table.amount} > 0`),
  ],
)

/** How an order is to be paid, and what came of it. Its id is that of an owner. */
export const payments = paymentsSchema.table(
  'payments',
  {
    id: uuid().primaryKey(),
    /** One that there is: see `refuse_unknown_orders` in migrations/. */
    orderId: uuid().notNull(),
    merchantId: uuid().notNull(),
    channel: text().$type<Channel>().notNull(),
    asset: text().$type<AssetId>().notNull(),
    amount: unitsColumn().notNull(),
    fee: unitsColumn().notNull(),
    address: hexColumn().$type<Address>(),
    expiresAt: moment().notNull(),
    createdAt: moment().notNull(),
    status: text().$type<PaymentStatus>().notNull(),
    received: unitsColumn().notNull(),
    paidAt: moment(),
    /** Whether it was waited for long enough. */
    isOver: boolean().default(false).notNull(),
    /** Why its channel refused it. */
    refusal: text(),
    version: integer().default(1).notNull(),
    successes: integer().default(0).notNull(),
    /** What of it has reached the payer again. */
    refunded: unitsColumn().default(sql`0`).notNull(),
  },
  (table) => [
    index('payments_of_order').on(table.orderId),
    // Ids grow with time, so this is the order of lists.
    index('payments_of_merchant').on(table.merchantId, table.id),
    // What comes for an order that is paid already is a duplicate, and is nobody's income.
    uniqueIndex('payments_one_success')
      .on(table.orderId)
      .where(sql`status in ('paid', 'overpaid', 'paid_late')`),
    // What is waited for, by when that ends.
    index('payments_waited_for')
      .on(table.expiresAt)
      .where(sql`not is_over and status in ('created', 'partially_paid')`),
    check('payments_amount_positive', sql`${table.amount} > 0`),
    check('payments_fee', sql`${table.fee} between 0 and ${table.amount}`),
    check(
      'payments_paid_at',
      sql`(${table.paidAt} is not null)
      = (${table.status} in ('paid', 'overpaid', 'paid_late', 'duplicate'))`,
    ),
    check('payments_address', sql`(${table.address} is not null) = (${table.channel} = 'onchain')`),
  ],
)

/**
 * What was answered to requests that make payments, by the merchant's name for each. Kept for ever:
 * a request that is repeated after a year makes no second payment.
 */
export const idempotencyKeys = paymentsSchema.table(
  'idempotency_keys',
  {
    merchantId: uuid().notNull(),
    key: text().notNull(),
    /** Of what was asked for: the same key for something else is a mistake. */
    requestHash: hexColumn().notNull(),
    /** The payment that was made; null where it was refused. */
    paymentId: uuid(),
    refusal: text().$type<StoredRefusal>(),
    createdAt: moment().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.merchantId, table.key] }),
    check(
      'idempotency_keys_outcome',
      sql`(${table.paymentId} is null) <> (${table.refusal} is null)`,
    ),
  ],
)

/** What came in for a payment. What was taken back stays, marked. */
export const receipts = paymentsSchema.table(
  'receipts',
  {
    paymentId: uuid()
      .notNull()
      .references(() => payments.id),
    /** A deposit's identity, or the channel's name for it. */
    id: text().notNull(),
    /** Counts how often it was confirmed, from 1. */
    revision: integer().notNull(),
    amount: unitsColumn().notNull(),
    paidAt: moment().notNull(),
    isReversed: boolean().default(false).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.paymentId, table.id] }),
    check('receipts_revision', sql`${table.revision} >= 1`),
  ],
)

/** The charges of cards, where payments are paid through a channel. */
export const charges = paymentsSchema.table(
  'charges',
  {
    paymentId: uuid()
      .primaryKey()
      .references(() => payments.id),
    /** A token of the channel; never a card's number. */
    card: text().notNull(),
    status: text().$type<ChargeStatus>().default('waiting').notNull(),
    /** The channel's name for it. */
    channelId: text(),
    /** How often the channel was asked about it. */
    attempts: integer().default(0).notNull(),
    /** When it is looked at again; null once the channel has decided. */
    lookAt: moment(),
  },
  (table) => [
    index('charges_due').on(table.lookAt).where(sql`look_at is not null`),
    check(
      'charges_status',
      sql`${table.status}
      in ('waiting', 'asked', 'pending', 'declined', 'succeeded', 'charged_back')`,
    ),
  ],
)

/** What goes back of payments. */
export const refunds = paymentsSchema.table(
  'refunds',
  {
    id: uuid().primaryKey(),
    paymentId: uuid()
      .notNull()
      .references(() => payments.id),
    /** The merchant's name for the request, kept for ever. */
    idempotencyKey: text().notNull(),
    amount: unitsColumn().notNull(),
    /** What of it was not applied. */
    excess: unitsColumn().notNull(),
    to: hexColumn().$type<Address>(),
    reason: text(),
    status: text().$type<RefundStatus>().notNull(),
    failure: text(),
    txHash: hexColumn(),
    attempts: integer().default(0).notNull(),
    /** When its channel is asked again; null where somebody else pays it, or it has ended. */
    lookAt: moment(),
    createdAt: moment().notNull(),
    endedAt: moment(),
  },
  (table) => [
    unique('refunds_key').on(table.paymentId, table.idempotencyKey),
    index('refunds_due').on(table.lookAt).where(sql`look_at is not null`),
    check('refunds_amount_positive', sql`${table.amount} > 0`),
    check('refunds_excess', sql`${table.excess} between 0 and ${table.amount}`),
    check(
      'refunds_ended',
      sql`(${table.endedAt} is not null) = (${table.status} in ('succeeded', 'failed', 'refused'))`,
    ),
  ],
)

/** Which days of the statements of the sandbox were told of, and up to which line. */
export const statements = paymentsSchema.table('statements', {
  day: date().primaryKey(),
  lines: integer().notNull(),
  isComplete: boolean().default(false).notNull(),
  lookAt: moment().notNull(),
})

/** Callbacks that were signed, and are about nothing that is known here. */
export const unknownCallbacks = paymentsSchema.table('unknown_callbacks', {
  id: text().primaryKey(),
  channel: text().notNull(),
  body: text().notNull(),
  receivedAt: moment().defaultNow().notNull(),
})
