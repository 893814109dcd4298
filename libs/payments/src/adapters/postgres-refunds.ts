import { postTransactions } from '@coffer/ledger/post-transactions'
import type { Units } from '@coffer/money/units'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { and, asc, eq, lte, type SQL, sql } from 'drizzle-orm'
import type { RefundReader, RefundRoom, RefundRooms, StoredRefund } from '../channel-ports.ts'
import { payments, refunds } from '../schema.ts'
import { paymentRoom, transact } from './postgres-payment-rooms.ts'

/** {@link RefundRooms} in PostgreSQL. */
export const postgresRefundRooms =
  (postgres: Postgres): RefundRooms =>
  (work) =>
    transact(postgres, (tx) => work(roomOf(tx)))

const roomOf = (tx: Transaction): RefundRoom => ({
  ...paymentRoom(tx),
  findRefund: async (id) => (await select(tx, eq(refunds.id, id)))[0],
  async findByKey(paymentId, key) {
    const named = and(eq(refunds.paymentId, paymentId), eq(refunds.idempotencyKey, key))
    return (await select(tx, named))[0]
  },
  refundedOfMerchant: (paymentId) =>
    sumOf(
      tx,
      sql`refunds.payment_id = ${paymentId} and refunds.status not in ('failed', 'refused')`,
    ),
  refundedOfOrder: (orderId) =>
    sumOf(tx, sql`payments.order_id = ${orderId} and refunds.status = 'succeeded'`),
  async reserve(draft) {
    const [outcome] = await postTransactions(tx, [draft])
    if (outcome?.status === 'created') return 'reserved'
    if (outcome?.status === 'refused') return 'refused'
    throw new Error(`The ledger answered ${outcome?.status} to a refund that is new.`)
  },
  insertRefund: (refund, lookAt) => insertRefund(tx, refund, lookAt),
  async writeRefund(id, change) {
    await tx.update(refunds).set(change).where(eq(refunds.id, id))
  },
  async addRefunded(paymentId, amount) {
    await tx
      .update(payments)
      .set({ refunded: sql`${payments.refunded} + ${amount.toString()}::numeric` })
      .where(eq(payments.id, paymentId))
  },
})

/** {@link RefundReader} in PostgreSQL. */
export const postgresRefundReader = (postgres: Postgres): RefundReader => ({
  find: async (id) => (await select(postgres, eq(refunds.id, id)))[0],
  listOf: (paymentId) => select(postgres, eq(refunds.paymentId, paymentId)),
})

/** The refunds through channels that are to be looked at before `until`, the first ones first. */
export async function refundsDue(postgres: Postgres, until: Date, limit: number) {
  const rows = await postgres
    .select({ id: refunds.id, dueAt: refunds.lookAt })
    .from(refunds)
    .where(lte(refunds.lookAt, until))
    .orderBy(asc(refunds.lookAt))
    .limit(limit)
  return rows.map(({ id, dueAt }) => ({ id, dueAt: dueAt ?? undefined }))
}

async function select(
  database: Pick<Postgres, 'select'>,
  where: SQL | undefined,
): Promise<StoredRefund[]> {
  const rows = await database
    .select({ refund: refunds, payment: payments })
    .from(refunds)
    .innerJoin(payments, eq(payments.id, refunds.paymentId))
    .where(where)
    .orderBy(asc(refunds.id))
  return rows.map(({ refund: { idempotencyKey, lookAt: _, ...refund }, payment }) => ({
    ...refund,
    key: idempotencyKey,
    orderId: payment.orderId,
    merchantId: payment.merchantId,
    channel: payment.channel,
    asset: payment.asset,
    to: refund.to ?? undefined,
    reason: refund.reason ?? undefined,
    failure: refund.failure ?? undefined,
    txHash: refund.txHash ?? undefined,
    endedAt: refund.endedAt ?? undefined,
  }))
}

async function insertRefund(
  tx: Transaction,
  refund: StoredRefund,
  lookAt: Date | null,
): Promise<void> {
  const { id, paymentId, key, to, reason, status, failure, createdAt, endedAt } = refund
  const [amount, excess] = [refund.amount as Units, refund.excess as Units]
  await tx.insert(refunds).values({
    ...{ id, paymentId, idempotencyKey: key, amount, excess, to, reason, status, failure },
    ...{ lookAt, createdAt, endedAt },
  })
}

/** What the merchant gives of the refunds `where`. */
async function sumOf(tx: Transaction, where: SQL): Promise<bigint> {
  const [row] = await tx.execute<{ sum: string }>(sql`
    select coalesce(sum(refunds.amount - refunds.excess), 0)::text as sum
    from payments.refunds join payments.payments on payments.id = refunds.payment_id
    where ${where}`)
  return BigInt(row?.sum ?? 0)
}
