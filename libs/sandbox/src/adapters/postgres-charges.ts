import { randomUUID } from 'node:crypto'
import { AppError } from '@coffer/errors/app-error'
import type { Units } from '@coffer/money/units'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { eq, inArray, or, sql } from 'drizzle-orm'
import { cardPlan, testCards } from '../domain/test-cards.ts'
import type { ChargeOrder, ChargeView, RefundOrder, RefundView } from '../ports.ts'
import { charges, refunds } from '../schema.ts'
import { tellOfCharges } from './postgres-callbacks.ts'
import { recordMovements } from './postgres-movements.ts'

type Charge = typeof charges.$inferSelect
type Refund = typeof refunds.$inferSelect

/**
 * Makes the charge `order.reference`, once: asked again it answers what became of it. Throws
 * {@link CardUnknownError} and {@link ReferenceTakenError}.
 */
export async function makeCharge(
  postgres: Postgres,
  order: ChargeOrder,
  { now, delayMs }: { now: Date; delayMs: number },
): Promise<ChargeView> {
  const plan = cardPlan(order.card)
  if (plan === undefined) throw new CardUnknownError(order.card)
  const decidesAt = new Date(now.getTime() + (plan.isDelayed ? delayMs : 0))
  const amount = order.amount as Units
  await postgres
    .insert(charges)
    .values({ ...order, amount, id: `ch_${randomUUID()}`, decidesAt })
    .onConflictDoNothing({ target: charges.reference })
  const charge = await findCharge(postgres, order.reference)
  if (charge.asset !== order.asset || charge.amount !== order.amount) {
    throw new ReferenceTakenError(order.reference)
  }
  return charge
}

/** The charge that has `name` for an id or a reference. Throws {@link NothingHereError}. */
export async function findCharge(postgres: Postgres, name: string): Promise<ChargeView> {
  const [charge] = await postgres
    .select()
    .from(charges)
    .where(or(eq(charges.reference, name), eq(charges.id, name)))
  if (charge === undefined) throw new NothingHereError(name)
  return chargeView(charge)
}

/**
 * Gives back a part of a charge, once for each reference. Throws {@link NothingHereError},
 * {@link ReferenceTakenError} and {@link RefundTooLargeError}.
 */
export async function makeRefund(
  postgres: Postgres,
  order: RefundOrder,
  now: Date,
): Promise<RefundView> {
  return await postgres.transaction(async (tx) => {
    const charge = await lockCharge(tx, order.charge)
    const known = await refundNamed(tx, order.reference)
    if (known !== undefined) {
      const isSame = known.refund.chargeId === charge.id && known.refund.amount === order.amount
      if (!isSame) throw new ReferenceTakenError(order.reference)
      return refundView(known.refund, charge)
    }
    const [sum] = await tx.execute<{ refunded: string }>(sql`
      select coalesce(sum(amount), 0)::text as refunded from sandbox.refunds
      where charge_id = ${charge.id} and status <> 'failed'`)
    const left = charge.status === 'succeeded' ? charge.amount - BigInt(sum?.refunded ?? 0) : 0n
    if (order.amount > left) throw new RefundTooLargeError(order, left)
    const { reference, callbackUrl } = order
    const amount = order.amount as Units
    const [made] = await tx
      .insert(refunds)
      .values({
        id: `re_${randomUUID()}`,
        chargeId: charge.id,
        reference,
        amount,
        callbackUrl,
        decidesAt: now,
      })
      .returning()
    if (made === undefined) throw new Error('An insert of one row answered none.')
    return refundView(made, charge)
  })
}

/** The refund that has `name` for an id or a reference. Throws {@link NothingHereError}. */
export async function findRefund(postgres: Postgres, name: string): Promise<RefundView> {
  const found = await refundNamed(postgres, name)
  if (found === undefined) throw new NothingHereError(name)
  return refundView(found.refund, found.charge)
}

/** Has the holder of a card take a charge back. Throws {@link NothingHereError}. */
export async function chargeBack(postgres: Postgres, name: string, now: Date): Promise<ChargeView> {
  return await postgres.transaction(async (tx) => {
    const charge = await lockCharge(tx, name)
    if (charge.status === 'charged_back') return chargeView(charge)
    if (charge.status !== 'succeeded') throw new NothingHereError(name)
    const [view] = await takeBack(tx, [charge], now)
    return view ?? chargeView(charge)
  })
}

/** Takes back charges that are locked, and owes their callers the news. */
export async function takeBack(
  tx: Transaction,
  taken: readonly Charge[],
  now: Date,
): Promise<ChargeView[]> {
  const ids = taken.map(({ id }) => id)
  await tx.update(charges).set({ status: 'charged_back' }).where(inArray(charges.id, ids))
  const moved = taken.map((charge) => ({ ...charge, kind: 'chargeback' as const }))
  await recordMovements(tx, moved, now)
  const views = taken.map((charge) => chargeView({ ...charge, status: 'charged_back' }))
  const news = views.map((view, place) => {
    return { url: taken[place]?.callbackUrl ?? '', view, plan: {}, now }
  })
  await tellOfCharges(tx, news)
  return views
}

export const chargeView = ({ reason, movedAt, ...charge }: Charge): ChargeView => ({
  id: charge.id,
  reference: charge.reference,
  asset: charge.asset,
  amount: charge.amount,
  status: charge.status,
  reason: reason ?? undefined,
  movedAt: movedAt ?? undefined,
})

export const refundView = ({ reason, movedAt, ...refund }: Refund, charge: Charge): RefundView => ({
  id: refund.id,
  reference: refund.reference,
  charge: charge.reference,
  asset: charge.asset,
  amount: refund.amount,
  status: refund.status,
  reason: reason ?? undefined,
  movedAt: movedAt ?? undefined,
})

async function lockCharge(tx: Transaction, name: string): Promise<Charge> {
  const [charge] = await tx
    .select()
    .from(charges)
    .where(or(eq(charges.reference, name), eq(charges.id, name)))
    .for('update')
  if (charge === undefined) throw new NothingHereError(name)
  return charge
}

async function refundNamed(database: Pick<Postgres, 'select'>, name: string) {
  const [found] = await database
    .select({ refund: refunds, charge: charges })
    .from(refunds)
    .innerJoin(charges, eq(charges.id, refunds.chargeId))
    .where(or(eq(refunds.reference, name), eq(refunds.id, name)))
  return found
}

export class CardUnknownError extends AppError {
  readonly code = 'SANDBOX_CARD'

  constructor(card: string) {
    super(
      `The sandbox knows no card ${JSON.stringify(card)}. Expected one of ${testCards.join(', ')}.`,
      { retry: 'never', details: { card } },
    )
  }
}

export class ReferenceTakenError extends AppError {
  readonly code = 'SANDBOX_REFERENCE'

  constructor(reference: string) {
    super(
      `The reference ${JSON.stringify(reference)} names something else already. ` +
        'Expected a new reference, or the same request as before.',
      { retry: 'never', details: { reference } },
    )
  }
}

export class NothingHereError extends AppError {
  readonly code = 'SANDBOX_UNKNOWN'

  constructor(name: string) {
    super(`The sandbox has nothing called ${JSON.stringify(name)} that this could be about.`, {
      retry: 'never',
      details: { name },
    })
  }
}

export class RefundTooLargeError extends AppError {
  readonly code = 'SANDBOX_REFUND'

  constructor({ charge, amount }: RefundOrder, left: bigint) {
    super(`Of the charge ${charge} ${left} can be given back, and ${amount} were asked for.`, {
      retry: 'never',
      details: { charge, amount, left },
    })
  }
}
