import { randomUUID } from 'node:crypto'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { eq, sql } from 'drizzle-orm'
import type { CardPlan } from '../domain/test-cards.ts'
import type { ChargeView, RefundView } from '../ports.ts'
import { callbacks } from '../schema.ts'

/** How much later a callback comes that should have come first, milliseconds. */
const LATE_MS = 100

type ChargeNews = {
  url: string
  view: ChargeView
  plan: Pick<CardPlan, 'callbacks'>
  now: Date
}

/** Owes the caller news of a charge, as often as the plan of its card has it. */
export async function tellOfCharge(tx: Transaction, news: ChargeNews): Promise<void> {
  const { url, view, plan, now } = news
  if (plan.callbacks === 'never') return
  const told = callback('charge', view, url, now)
  const rows = [told]
  if (plan.callbacks === 'twice') rows.push(told)
  if (plan.callbacks === 'out of order') {
    const before = { ...view, status: 'pending', movedAt: undefined } as const
    rows.push(callback('charge', before, url, new Date(now.getTime() + LATE_MS)))
  }
  await tx.insert(callbacks).values(rows)
}

/** Owes the caller news of a refund. */
export async function tellOfRefund(
  tx: Transaction,
  { url, view, now }: { url: string; view: RefundView; now: Date },
): Promise<void> {
  await tx.insert(callbacks).values(callback('refund', view, url, now))
}

export type DueCallback = {
  number: number
  id: string
  url: string
  body: string
  attempts: number
}

/** Claims what is due by `now`, so that nobody else tries it within `leaseMs`. */
export async function claimCallbacks(
  postgres: Postgres,
  { now, leaseMs, limit }: { now: Date; leaseMs: number; limit: number },
): Promise<DueCallback[]> {
  const until = new Date(now.getTime() + leaseMs)
  const rows = await postgres.execute<Omit<DueCallback, 'number'> & { number: string }>(sql`
    update sandbox.callbacks set attempts = attempts + 1, due_at = ${until.toISOString()}
    where number in (
      select number from sandbox.callbacks where due_at <= ${now.toISOString()}
      order by due_at, number limit ${limit} for update skip locked)
    returning number, id, url, body, attempts`)
  return rows.map((row) => ({ ...row, number: Number(row.number) }))
}

/** Says when a callback is tried again; never, once it was taken or is given up. */
export const putOff = async (
  postgres: Postgres,
  number: number,
  dueAt: Date | null,
): Promise<void> => {
  await postgres.update(callbacks).set({ dueAt }).where(eq(callbacks.number, number))
}

const callback = (
  about: 'charge' | 'refund',
  { amount, movedAt, ...view }: ChargeView | RefundView,
  url: string,
  dueAt: Date,
) => ({
  id: `msg_${randomUUID()}`,
  url,
  body: JSON.stringify({
    type: `${about}.${view.status}`,
    data: { ...view, amount: `${amount}`, movedAt: movedAt?.toISOString() },
  }),
  dueAt,
})
