import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import type { StepResult } from '@coffer/runtime/poll'
import { and, eq, inArray, lte, type SQL } from 'drizzle-orm'
import { type CardPlan, cardPlan } from '../domain/test-cards.ts'
import { charges, refunds } from '../schema.ts'
import { tellOfCharges, tellOfRefunds } from './postgres-callbacks.ts'
import { chargeView, refundView, takeBack } from './postgres-charges.ts'
import { recordMovements } from './postgres-movements.ts'

export type DecideOptions = { postgres: Postgres; now: () => Date; delayMs: number }

/** Most that is decided in one transaction. */
const BATCH = 200

/** Decides charges and refunds that are due: what moves is in the statement from then on. */
export const decideDue =
  ({ postgres, now, delayMs }: DecideOptions) =>
  (): Promise<StepResult> =>
    postgres.transaction(async (tx) => {
      const at = now()
      const decided = [await decideCharges(tx, at), await decideRefunds(tx, at)]
      const taken = await takeBackDue(tx, at, delayMs)
      return [...decided, taken].some((count) => count > 0) ? 'busy' : 'idle'
    })

const undecided = (table: typeof charges | typeof refunds, at: Date): SQL | undefined =>
  and(eq(table.status, 'pending'), lte(table.decidesAt, at))

async function decideCharges(tx: Transaction, at: Date): Promise<number> {
  const due = await tx
    .select()
    .from(charges)
    .where(undecided(charges, at))
    .orderBy(charges.decidesAt)
    .limit(BATCH)
    .for('update', { skipLocked: true })
  if (due.length === 0) return 0
  const decided = due.map((charge) => {
    const plan: CardPlan = cardPlan(charge.card) ?? { outcome: 'declined' }
    const decision =
      plan.outcome === 'succeeds'
        ? ({ status: 'succeeded', movedAt: at, reason: null } as const)
        : ({ status: 'declined', movedAt: null, reason: 'card_declined' } as const)
    return { charge, plan, decision }
  })
  const paid = decided.filter(({ decision }) => decision.status === 'succeeded')
  for (const group of Object.values(Object.groupBy(decided, (each) => each.decision.status))) {
    const ids = group.map(({ charge }) => charge.id)
    const [{ decision } = { decision: {} }] = group
    await tx.update(charges).set(decision).where(inArray(charges.id, ids))
  }
  const moved = paid.map(({ charge }) => ({ ...charge, kind: 'payment' as const }))
  await recordMovements(tx, moved, at)
  const news = decided.map(({ charge, plan, decision }) => {
    const view = chargeView({ ...charge, ...decision })
    return { url: charge.callbackUrl, view, plan, now: at }
  })
  await tellOfCharges(tx, news)
  return due.length
}

async function decideRefunds(tx: Transaction, at: Date): Promise<number> {
  const due = await tx
    .select()
    .from(refunds)
    .where(undecided(refunds, at))
    .orderBy(refunds.decidesAt)
    .limit(BATCH)
    .for('update', { skipLocked: true })
  if (due.length === 0) return 0
  const charged = await tx
    .select()
    .from(charges)
    .where(
      inArray(
        charges.id,
        due.map(({ chargeId }) => chargeId),
      ),
    )
  const chargeOf = new Map(charged.map((charge) => [charge.id, charge]))
  const decided = due.map((refund) => {
    const charge = chargeOf.get(refund.chargeId)
    if (charge === undefined) throw new Error(`The refund ${refund.id} is of no charge.`)
    const fails = cardPlan(charge.card)?.refunds === 'fail'
    const decision = fails
      ? ({ status: 'failed', movedAt: null, reason: 'card_closed' } as const)
      : ({ status: 'succeeded', movedAt: at, reason: null } as const)
    return { refund, charge, decision }
  })
  for (const group of Object.values(Object.groupBy(decided, (each) => each.decision.status))) {
    const ids = group.map(({ refund }) => refund.id)
    const [{ decision } = { decision: {} }] = group
    await tx.update(refunds).set(decision).where(inArray(refunds.id, ids))
  }
  const moved = decided
    .filter(({ decision }) => decision.status === 'succeeded')
    .map(({ refund, charge }) => ({ ...refund, asset: charge.asset, kind: 'refund' as const }))
  await recordMovements(tx, moved, at)
  const news = decided.map(({ refund, charge, decision }) => {
    const view = refundView({ ...refund, ...decision }, charge)
    return { url: refund.callbackUrl, view, now: at }
  })
  await tellOfRefunds(tx, news)
  return due.length
}

/** What the holders of some cards have charged back, once the delay is over. */
async function takeBackDue(tx: Transaction, at: Date, delayMs: number): Promise<number> {
  const due = await tx
    .select()
    .from(charges)
    .where(
      and(
        eq(charges.status, 'succeeded'),
        eq(charges.card, 'tok_charged_back'),
        lte(charges.movedAt, new Date(at.getTime() - delayMs)),
      ),
    )
    .limit(BATCH)
    .for('update', { skipLocked: true })
  if (due.length > 0) await takeBack(tx, due, at)
  return due.length
}
