import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { asc, eq, inArray, lte, sql } from 'drizzle-orm'
import type {
  Charge,
  ChargeChange,
  ChargeRoom,
  ChargeRooms,
  UnknownCallbacks,
} from '../channel-ports.ts'
import { charges, payments, unknownCallbacks } from '../schema.ts'
import { paymentRoom, transact } from './postgres-payment-rooms.ts'

/** {@link ChargeRooms} in PostgreSQL. Many charges take the same few statements as one. */
export const postgresChargeRooms =
  (postgres: Postgres): ChargeRooms =>
  (work) =>
    transact(postgres, (tx) => work(roomOf(tx)))

const roomOf = (tx: Transaction): ChargeRoom => ({
  ...paymentRoom(tx),
  readCharges: (paymentIds) => readCharges(tx, paymentIds),
  writeCharges: (changes) => writeCharges(tx, changes),
  refuse: (refusals) => refuse(tx, refusals),
})

async function readCharges(
  tx: Transaction,
  paymentIds: readonly string[],
): Promise<Map<string, Charge>> {
  if (paymentIds.length === 0) return new Map()
  const rows = await tx
    .select({ charge: charges, payment: payments })
    .from(charges)
    .innerJoin(payments, eq(payments.id, charges.paymentId))
    .where(inArray(charges.paymentId, [...paymentIds]))
  return new Map(
    rows.map(({ charge: { paymentId, card, status, attempts, lookAt }, payment }) => {
      const { orderId, merchantId, channel, asset, amount, refusal, isOver } = payment
      const isWanted = refusal === null && !isOver
      const terms = { orderId, merchantId, channel, asset, amount, isWanted }
      return [
        paymentId,
        { paymentId, card, status, attempts, lookAt: lookAt ?? undefined, ...terms },
      ]
    }),
  )
}

async function writeCharges(tx: Transaction, changes: readonly ChargeChange[]): Promise<void> {
  if (changes.length === 0) return
  await tx.execute(sql`
    update payments.charges as charge set
      status = changed.status, look_at = changed.look_at,
      channel_id = coalesce(changed.channel_id, charge.channel_id),
      attempts = coalesce(changed.attempts, charge.attempts)
    from unnest(
      ${sql.param(changes.map(({ paymentId }) => paymentId))}::uuid[],
      ${sql.param(changes.map(({ status }) => status))}::text[],
      ${sql.param(changes.map(({ lookAt }) => lookAt?.toISOString() ?? null))}::timestamptz[],
      ${sql.param(changes.map(({ channelId }) => channelId ?? null))}::text[],
      ${sql.param(changes.map(({ attempts }) => attempts ?? null))}::int[]
    ) as changed (payment_id, status, look_at, channel_id, attempts)
    where charge.payment_id = changed.payment_id`)
}

async function refuse(
  tx: Transaction,
  refusals: readonly { paymentId: string; reason: string }[],
): Promise<void> {
  if (refusals.length === 0) return
  await tx.execute(sql`
    update payments.payments as payment set refusal = refused.reason
    from unnest(
      ${sql.param(refusals.map(({ paymentId }) => paymentId))}::uuid[],
      ${sql.param(refusals.map(({ reason }) => reason))}::text[]
    ) as refused (payment_id, reason)
    where payment.id = refused.payment_id and payment.refusal is null`)
}

/** The charges that are to be looked at before `until`, the first ones first. */
export async function chargesDue(postgres: Postgres, until: Date, limit: number) {
  const rows = await postgres
    .select({ id: charges.paymentId, dueAt: charges.lookAt })
    .from(charges)
    .where(lte(charges.lookAt, until))
    .orderBy(asc(charges.lookAt))
    .limit(limit)
  return rows.map(({ id, dueAt }) => ({ id, dueAt: dueAt ?? undefined }))
}

/** {@link UnknownCallbacks} in PostgreSQL. */
export const postgresUnknownCallbacks = (postgres: Postgres): UnknownCallbacks => ({
  async keep(callback) {
    await postgres.insert(unknownCallbacks).values(callback).onConflictDoNothing()
  },
})
