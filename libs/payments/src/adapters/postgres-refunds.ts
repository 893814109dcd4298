import { postTransactions } from '@coffer/ledger/post-transactions'
import type { Units } from '@coffer/money/units'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { asc, eq, lte, type SQL, sql } from 'drizzle-orm'
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
  findByKeys: (requests) => findByKeys(tx, requests),
  refundedOfMerchant: (paymentId) =>
    sumOf(
      tx,
      sql`refunds.payment_id = ${paymentId} and refunds.status not in ('failed', 'refused')`,
    ),
  refundedOfOrder: (orderId) =>
    sumOf(tx, sql`payments.order_id = ${orderId} and refunds.status = 'succeeded'`),
  async reserve(drafts) {
    const outcomes = await postTransactions(tx, drafts)
    return outcomes.map(({ status }) => {
      if (status === 'created') return 'reserved'
      if (status === 'refused') return 'refused'
      throw new Error(`The ledger answered ${status} to a refund that is new.`)
    })
  },
  insertRefunds: (all) => insertRefunds(tx, all),
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

async function findByKeys(
  tx: Transaction,
  requests: readonly { paymentId: string; key: string }[],
): Promise<(StoredRefund | undefined)[]> {
  const found = await select(
    tx,
    sql`(${refunds.paymentId}, ${refunds.idempotencyKey}) in (
      select * from unnest(
        ${sql.param(requests.map(({ paymentId }) => paymentId))}::uuid[],
        ${sql.param(requests.map(({ key }) => key))}::text[]
      ))`,
  )
  const nameOf = ({ paymentId, key }: { paymentId: string; key: string }) => `${paymentId} ${key}`
  const byName = new Map(found.map((refund) => [nameOf(refund), refund]))
  return requests.map((request) => byName.get(nameOf(request)))
}

async function insertRefunds(
  tx: Transaction,
  all: readonly { refund: StoredRefund; lookAt: Date | null }[],
): Promise<void> {
  if (all.length === 0) return
  const rows = all.map(({ refund, lookAt }) => {
    const { id, paymentId, key, to, reason, status, failure, createdAt, endedAt } = refund
    const [amount, excess] = [refund.amount as Units, refund.excess as Units]
    return {
      ...{ id, paymentId, idempotencyKey: key, amount, excess, to, reason, status, failure },
      ...{ lookAt, createdAt, endedAt },
    }
  })
  await tx.insert(refunds).values(rows)
}

/** What the merchant gives of the refunds `where`. */
async function sumOf(tx: Transaction, where: SQL): Promise<bigint> {
  const [row] = await tx.execute<{ sum: string }>(sql`
    select coalesce(sum(refunds.amount - refunds.excess), 0)::text as sum
    from payments.refunds join payments.payments on payments.id = refunds.payment_id
    where ${where}`)
  return BigInt(row?.sum ?? 0)
}
