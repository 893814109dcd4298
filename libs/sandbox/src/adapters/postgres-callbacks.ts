import { randomUUID } from 'node:crypto'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
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

/** Owes callers news of charges, as often as the plans of their cards have it. */
export async function tellOfCharges(tx: Transaction, news: readonly ChargeNews[]): Promise<void> {
  const rows = news.flatMap(callbacksOf)
  if (rows.length > 0) await tx.insert(callbacks).values(rows)
}

function callbacksOf({ url, view, plan, now }: ChargeNews) {
  if (plan.callbacks === 'never') return []
  const told = callback('charge', view, url, now)
  const rows = [told]
  if (plan.callbacks === 'twice') rows.push(told)
  if (plan.callbacks === 'out of order') {
    const before = { ...view, status: 'pending', movedAt: undefined } as const
    rows.push(callback('charge', before, url, new Date(now.getTime() + LATE_MS)))
  }
  return rows
}

/** Owes callers news of refunds. */
export async function tellOfRefunds(
  tx: Transaction,
  news: readonly { url: string; view: RefundView; now: Date }[],
): Promise<void> {
  if (news.length === 0) return
  const rows = news.map(({ url, view, now }) => callback('refund', view, url, now))
  await tx.insert(callbacks).values(rows)
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

/** Says when callbacks are tried again; never, once one was taken or is given up. */
export async function putOff(
  postgres: Postgres,
  tried: readonly { number: number; dueAt: Date | null }[],
): Promise<void> {
  await postgres.execute(sql`
    update sandbox.callbacks as callback set due_at = tried.due_at
    from unnest(
      ${sql.param(tried.map(({ number }) => number))}::bigint[],
      ${sql.param(tried.map(({ dueAt }) => dueAt?.toISOString() ?? null))}::timestamptz[]
    ) as tried (number, due_at)
    where callback.number = tried.number`)
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
