import { textArray } from '@coffer/postgres/binary-array'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import {
  type Known,
  type KnownKey,
  type KnownMerchant,
  type KnownOrder,
  ofMerchant,
  type PaymentRequest,
  type StoredRefusal,
} from '../domain/decide-payments.ts'
import type { Payment } from '../domain/payment-change.ts'
import { idempotencyKeys, merchants, orders, payments } from '../schema.ts'

/** The merchants that there are of `ids`. */
export async function knownMerchants(
  tx: Transaction,
  ids: readonly string[],
): Promise<Known['merchants']> {
  const rows = await tx
    .select({ id: merchants.id, feeBasisPoints: merchants.feeBasisPoints })
    .from(merchants)
    .where(inArray(merchants.id, [...ids]))
  return new Map(rows.map(({ id, ...merchant }): [string, KnownMerchant] => [id, merchant]))
}

/** The orders that there are of what `requests` name. They stay locked. */
export async function knownOrders(
  tx: Transaction,
  requests: readonly PaymentRequest[],
): Promise<Known['orders']> {
  const found = await tx.execute<{ id: string }>(sql`
    select ordered.id from ${wanted(requests, 'reference')}
    cross join lateral (select id from payments.orders
      where merchant_id = wanted.merchant_id and reference = wanted.name offset 0) as ordered`)
  if (found.length === 0) return new Map()
  const ids = found.map(({ id }) => id)
  const rows = await tx
    .select()
    .from(orders)
    .where(inArray(orders.id, ids))
    .orderBy(orders.id)
    .for('update')
  const paid = await paidOrders(tx, ids)
  return new Map(
    rows.map(({ id, asset, amount, merchantId, ...order }): [string, KnownOrder] => {
      const { reference, version, createdAt, cancelledAt } = order
      const isClosed = cancelledAt !== null || paid.has(id)
      const known = { id, asset, amount, order: { reference, version, createdAt }, isClosed }
      return [ofMerchant(merchantId, reference), known]
    }),
  )
}

/** A statement of its own, after the lock: it sees what the one before us has committed. */
async function paidOrders(tx: Transaction, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const paid = sql`${payments.status} in ('paid', 'overpaid', 'paid_late')`
  const rows = await tx
    .select({ id: payments.orderId })
    .from(payments)
    .where(and(inArray(payments.orderId, [...ids]), paid))
  return new Set(rows.map(({ id }) => id))
}

/** What was answered to those of `requests` that came before. */
export async function knownKeys(
  tx: Transaction,
  requests: readonly PaymentRequest[],
): Promise<Known['keys']> {
  const found = await tx.execute<{ merchant: string; key: string }>(sql`
    select wanted.merchant_id as merchant, wanted.name as key from ${wanted(requests, 'key')}
    cross join lateral (select from payments.idempotency_keys
      where merchant_id = wanted.merchant_id and key = wanted.name offset 0) as answered`)
  if (found.length === 0) return new Map()
  const rows = await tx
    .select()
    .from(idempotencyKeys)
    .leftJoin(payments, eq(payments.id, idempotencyKeys.paymentId))
    .leftJoin(orders, eq(orders.id, payments.orderId))
    .where(
      or(
        ...found.map(({ merchant, key }) =>
          and(eq(idempotencyKeys.merchantId, merchant), eq(idempotencyKeys.key, key)),
        ),
      ),
    )
  return new Map(
    rows.map(({ idempotency_keys: known, ...made }): [string, KnownKey] => {
      const { merchantId, key, requestHash: hash, refusal } = known
      return [ofMerchant(merchantId, key), { hash, ...answerOf(made, refusal) }]
    }),
  )
}

type Made = {
  payments: typeof payments.$inferSelect | null
  orders: typeof orders.$inferSelect | null
}

/** A payment is answered as it was when it was made, whatever became of it since. */
function answerOf({ payments: payment, orders: order }: Made, refusal: StoredRefusal | null) {
  if (payment === null || order === null) return { refusal: refusal ?? missingAnswer() }
  const { id, orderId, merchantId, channel, asset, amount, fee, expiresAt, createdAt } = payment
  const { reference } = order
  const asMade: Payment = {
    ...{ id, orderId, merchantId, channel, asset, amount, fee, expiresAt, createdAt },
    address: payment.address ?? undefined,
    ...{ status: 'created', received: 0n, version: 1, successes: 0 },
    order: { reference, version: 1, createdAt: order.createdAt },
  }
  return { payment: asMade }
}

function missingAnswer(): never {
  throw new Error('A key has neither a payment nor a refusal.')
}

/**
 * In SQL: what `requests` name, to be looked up one by one. Without statistics, as in the first
 * minutes of a table, the planner would rather read all of it each time: hence `offset 0`.
 */
function wanted(requests: readonly PaymentRequest[], name: 'reference' | 'key'): SQL {
  return sql`(select merchant_id::uuid, name from unnest(
    ${textArray(requests.map(({ merchantId }) => merchantId))}::text[],
    ${textArray(requests.map((request) => request[name]))}::text[]
  ) as request (merchant_id, name)) as wanted`
}
