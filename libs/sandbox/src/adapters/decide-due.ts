import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import type { StepResult } from '@coffer/runtime/poll'
import { and, eq, lte } from 'drizzle-orm'
import { cardPlan } from '../domain/test-cards.ts'
import { charges, refunds } from '../schema.ts'
import { tellOfCharge, tellOfRefund } from './postgres-callbacks.ts'
import { chargeView, refundView, takeBack } from './postgres-charges.ts'
import { recordMovement } from './postgres-movements.ts'

export type DecideOptions = { postgres: Postgres; now: () => Date; delayMs: number }

/** Most that is decided in one transaction. */
const BATCH = 50

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

async function decideCharges(tx: Transaction, at: Date): Promise<number> {
  const due = await tx
    .select()
    .from(charges)
    .where(and(eq(charges.status, 'pending'), lte(charges.decidesAt, at)))
    .orderBy(charges.decidesAt)
    .limit(BATCH)
    .for('update', { skipLocked: true })
  for (const charge of due) {
    const plan = cardPlan(charge.card) ?? { outcome: 'declined' as const }
    const decision =
      plan.outcome === 'succeeds'
        ? ({ status: 'succeeded', movedAt: at, reason: null } as const)
        : ({ status: 'declined', movedAt: null, reason: 'card_declined' } as const)
    await tx.update(charges).set(decision).where(eq(charges.id, charge.id))
    if (decision.status === 'succeeded') {
      await recordMovement(tx, { ...charge, kind: 'payment', movedAt: at })
    }
    const view = chargeView({ ...charge, ...decision })
    await tellOfCharge(tx, { url: charge.callbackUrl, view, plan, now: at })
  }
  return due.length
}

async function decideRefunds(tx: Transaction, at: Date): Promise<number> {
  const due = await tx
    .select()
    .from(refunds)
    .where(and(eq(refunds.status, 'pending'), lte(refunds.decidesAt, at)))
    .orderBy(refunds.decidesAt)
    .limit(BATCH)
    .for('update', { skipLocked: true })
  for (const refund of due) {
    const [charge] = await tx.select().from(charges).where(eq(charges.id, refund.chargeId))
    if (charge === undefined) throw new Error(`The refund ${refund.id} is of no charge.`)
    const fails = cardPlan(charge.card)?.refunds === 'fail'
    const decision = fails
      ? ({ status: 'failed', movedAt: null, reason: 'card_closed' } as const)
      : ({ status: 'succeeded', movedAt: at, reason: null } as const)
    await tx.update(refunds).set(decision).where(eq(refunds.id, refund.id))
    if (!fails) {
      const moved = { ...refund, asset: charge.asset, kind: 'refund', movedAt: at } as const
      await recordMovement(tx, moved)
    }
    const view = refundView({ ...refund, ...decision }, charge)
    await tellOfRefund(tx, { url: refund.callbackUrl, view, now: at })
  }
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
  for (const charge of due) await takeBack(tx, charge, at)
  return due.length
}
