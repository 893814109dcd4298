import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { and, asc, eq, isNull, lte } from 'drizzle-orm'
import type { Charge, ChargeRoom, ChargeRooms, UnknownCallbacks } from '../channel-ports.ts'
import { charges, payments, unknownCallbacks } from '../schema.ts'
import { paymentRoom, transact } from './postgres-payment-rooms.ts'

/** {@link ChargeRooms} in PostgreSQL. */
export const postgresChargeRooms =
  (postgres: Postgres): ChargeRooms =>
  (work) =>
    transact(postgres, (tx) => work(roomOf(tx)))

const roomOf = (tx: Transaction): ChargeRoom => ({
  ...paymentRoom(tx),
  readCharge: (paymentId) => readCharge(tx, paymentId),
  async writeCharge(paymentId, change) {
    await tx.update(charges).set(change).where(eq(charges.paymentId, paymentId))
  },
  async refuse(paymentId, reason) {
    await tx
      .update(payments)
      .set({ refusal: reason })
      .where(and(eq(payments.id, paymentId), isNull(payments.refusal)))
  },
})

async function readCharge(tx: Transaction, paymentId: string): Promise<Charge | undefined> {
  const [row] = await tx
    .select({ charge: charges, payment: payments })
    .from(charges)
    .innerJoin(payments, eq(payments.id, charges.paymentId))
    .where(eq(charges.paymentId, paymentId))
  if (row === undefined) return undefined
  const { card, status, attempts } = row.charge
  const { asset, amount } = row.payment
  return { paymentId, card, status, attempts, asset, amount }
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
