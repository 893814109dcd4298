import { claimNew } from '@coffer/messaging/inbox'
import { enqueue } from '@coffer/messaging/outbox'
import type { Units } from '@coffer/money/units'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { crashPoint } from '@coffer/runtime/crash-point'
import { and, eq, gt, inArray, isNull, notInArray, sql } from 'drizzle-orm'
import type { PaymentFile } from '../domain/change-order.ts'
import { hasSucceeded, type Receipt } from '../domain/payment.ts'
import type { Payment } from '../domain/payment-change.ts'
import type { PaymentRoom, PaymentRooms, ReceiptNews } from '../ports.ts'
import { orders, payments, receipts, refunds } from '../schema.ts'

/** {@link PaymentRooms} in PostgreSQL. A batch takes the same few statements whatever its size. */
export const postgresPaymentRooms =
  (postgres: Postgres): PaymentRooms =>
  (work) =>
    transact(postgres, (tx) => work(paymentRoom(tx)))

/** Does `work` in one transaction of this context. */
export async function transact<Result>(
  postgres: Postgres,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const result = await postgres.transaction(async (tx) => {
    const done = await work(tx)
    crashPoint('payments.before-commit')
    return done
  })
  crashPoint('payments.after-commit')
  return result
}

/** What can be done to payments in `tx`. */
export const paymentRoom = (tx: Transaction): PaymentRoom => ({
  claim: (consumer, eventIds) => claimNew(tx, consumer, eventIds),
  lock: (ids) => lock(tx, ids),
  writeReceipts: (news) => writeReceipts(tx, news),
  async end(ids) {
    if (ids.length === 0) return
    await tx
      .update(payments)
      .set({ isOver: true })
      .where(inArray(payments.id, [...ids]))
  },
  async paymentsOf(orderId) {
    const rows = await tx
      .select({ id: payments.id })
      .from(payments)
      .where(eq(payments.orderId, orderId))
    return rows.map(({ id }) => id)
  },
  async cancel(orderId, { at, reason }) {
    await tx
      .update(orders)
      .set({ cancelledAt: at, version: sql`${orders.version} + 1` })
      .where(eq(orders.id, orderId))
    await tx
      .update(payments)
      .set({ refusal: reason })
      .where(and(eq(payments.orderId, orderId), isNull(payments.refusal)))
  },
  open: (ids) => openFiles(tx, ids),
  save: (changed) => save(tx, changed),
  announce: (messages) => enqueue(tx, messages),
})

/** Before a receipt is written: its reference to its payment is a lock too, of another kind. */
async function lock(tx: Transaction, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  await tx
    .select({ id: orders.id })
    .from(orders)
    .where(inArray(orders.id, ordersOf(tx, ids)))
    .orderBy(orders.id)
    .for('update')
  // A payment that is made meanwhile waits for its order, and then sees what became of it.
  const rows = await tx
    .select({ id: payments.id })
    .from(payments)
    .where(inArray(payments.orderId, ordersOf(tx, ids)))
    .orderBy(payments.orderId, payments.id)
    .for('update')
  const wanted = new Set(ids)
  return rows.map(({ id }) => id).filter((id) => wanted.has(id))
}

const ordersOf = (tx: Transaction, ids: readonly string[]) =>
  tx
    .select({ id: payments.orderId })
    .from(payments)
    .where(inArray(payments.id, [...ids]))

/** A later revision replaces an earlier one, and its reversal both; late news changes nothing. */
async function writeReceipts(tx: Transaction, news: readonly ReceiptNews[]): Promise<void> {
  const latest = new Map<string, ReceiptNews>()
  for (const each of news) {
    const key = `${each.paymentId} ${each.receipt.id}`
    const known = latest.get(key)
    if (known === undefined || isLater(each, known)) latest.set(key, each)
  }
  if (latest.size === 0) return
  const rows = [...latest.values()]
  await tx.execute(sql`
    insert into payments.receipts (payment_id, id, revision, amount, paid_at, is_reversed)
    select payment_id, news.id, revision, news.amount, news.paid_at, is_reversed
    from unnest(
      ${sql.param(rows.map(({ paymentId }) => paymentId))}::uuid[],
      ${sql.param(rows.map(({ receipt }) => receipt.id))}::text[],
      ${sql.param(rows.map(({ revision }) => revision))}::int[],
      ${sql.param(rows.map(({ receipt }) => receipt.amount.toString()))}::numeric[],
      ${sql.param(rows.map(({ receipt }) => receipt.paidAt.toISOString()))}::timestamptz[],
      ${sql.param(rows.map(({ isReversed }) => isReversed))}::boolean[]
    ) as news (payment_id, id, revision, amount, paid_at, is_reversed)
    order by payment_id, news.id
    on conflict (payment_id, id) do update set
      revision = excluded.revision, amount = excluded.amount,
      paid_at = excluded.paid_at, is_reversed = excluded.is_reversed
    where (receipts.revision, receipts.is_reversed) < (excluded.revision, excluded.is_reversed)`)
}

const isLater = (a: ReceiptNews, b: ReceiptNews): boolean =>
  a.revision > b.revision || (a.revision === b.revision && a.isReversed && !b.isReversed)

async function openFiles(tx: Transaction, ids: readonly string[]): Promise<PaymentFile[]> {
  if (ids.length === 0) return []
  const rows = await tx
    .select({ payment: payments, order: orders })
    .from(payments)
    .innerJoin(orders, eq(orders.id, payments.orderId))
    .where(inArray(orders.id, ordersOf(tx, ids)))
    .orderBy(orders.id, payments.id)
  const opened = rows.map(({ payment }) => payment.id)
  const held = await tx.select().from(receipts).where(inArray(receipts.paymentId, opened))
  const given = await tx
    .select({ paymentId: refunds.paymentId, amount: refunds.excess, at: refunds.createdAt })
    .from(refunds)
    .where(
      and(
        inArray(refunds.paymentId, opened),
        notInArray(refunds.status, ['failed', 'refused']),
        gt(refunds.excess, 0n as Units),
      ),
    )
  const byPayment = Map.groupBy(
    held.filter(({ isReversed }) => !isReversed),
    ({ paymentId }) => paymentId,
  )
  return rows.map(({ payment: { isOver, refusal, ...payment }, order }) => ({
    payment: {
      ...payment,
      address: payment.address ?? undefined,
      paidAt: payment.paidAt ?? undefined,
      order: {
        reference: order.reference,
        version: order.version,
        createdAt: order.createdAt,
        cancelledAt: order.cancelledAt ?? undefined,
      },
    },
    receipts: (byPayment.get(payment.id) ?? []).map(receiptOf),
    returned: given.filter(({ paymentId }) => paymentId === payment.id),
    refusal: refusal ?? undefined,
    isChargedBack: held.some((each) => each.paymentId === payment.id && isChargedBack(each)),
    isOver,
  }))
}

/** A deposit that is reversed may come again by another block; a charge never does. */
const isChargedBack = ({ id, isReversed }: typeof receipts.$inferSelect): boolean =>
  isReversed && id.startsWith('charge:')

const receiptOf = ({ id, amount, paidAt }: typeof receipts.$inferSelect): Receipt => ({
  id,
  amount,
  paidAt,
})

/** What is taken back first: an order has one success at a time. */
async function save(tx: Transaction, changed: readonly Payment[]): Promise<void> {
  await update(
    tx,
    changed.filter((payment) => !hasSucceeded(payment)),
  )
  await update(tx, changed.filter(hasSucceeded))
}

async function update(tx: Transaction, changed: readonly Payment[]): Promise<void> {
  if (changed.length === 0) return
  const ids = sql.param(changed.map(({ id }) => id))
  await tx.execute(sql`
    update payments.payments as payment set
      status = changed.status, received = changed.received, paid_at = changed.paid_at,
      version = changed.version, successes = changed.successes
    from unnest(
      ${ids}::uuid[],
      ${sql.param(changed.map(({ status }) => status))}::text[],
      ${sql.param(changed.map(({ received }) => received.toString()))}::numeric[],
      ${sql.param(changed.map(({ paidAt }) => paidAt?.toISOString() ?? null))}::timestamptz[],
      ${sql.param(changed.map(({ version }) => version))}::int[],
      ${sql.param(changed.map(({ successes }) => successes))}::int[]
    ) as changed (id, status, received, paid_at, version, successes)
    where payment.id = changed.id`)
  const versions = new Map(changed.map(({ orderId, order }) => [orderId, order.version]))
  await tx.execute(sql`
    update payments.orders as ordered set version = changed.version
    from unnest(
      ${sql.param([...versions.keys()])}::uuid[], ${sql.param([...versions.values()])}::int[]
    ) as changed (id, version)
    where ordered.id = changed.id and ordered.version < changed.version`)
}
