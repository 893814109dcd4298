import { type Call, good } from './month-calls.ts'
import type { MonthOracle } from './month-oracle.ts'
import type { Payout } from './month-payouts.ts'
import type { KnownPayment } from './month-standings.ts'

/** `what asset`, counted: how many and how much. */
export type Counts = Map<string, { count: number; amount: bigint }>

type Counted = { count: number; amount: string }
type Summary = {
  asset: string | null
  payments: Record<'created' | 'succeeded' | 'failed' | 'expired', Counted> & { fees: string }
  refunds: Record<'succeeded' | 'failed', Counted>
  withdrawals: Record<'requested' | 'completed' | 'failed', Counted>
}

const DAY_MS = 86_400_000

/** What analytics has counted since yesterday. */
export async function shownCounts(call: Call): Promise<Counts> {
  const [from, to] = [-1, 1].map((days) => new Date(Date.now() + days * DAY_MS).toISOString())
  const path = `/v1/analytics/summary?from=${from}&to=${to}`
  const { items } = await good<{ items: Summary[] }>(call('GET', path))
  const counts: Counts = new Map()
  for (const { asset, payments, refunds, withdrawals } of items) {
    if (asset === null) continue
    const { fees, created, succeeded, failed, expired } = payments
    add(counts, `fees ${asset}`, BigInt(fees))
    const counted = {
      ...{ created, succeeded, failed, expired },
      ...{ refunded: refunds.succeeded, 'not refunded': refunds.failed },
      ...{ requested: withdrawals.requested, completed: withdrawals.completed },
      'not withdrawn': withdrawals.failed,
    }
    for (const [name, { count, amount }] of Object.entries(counted)) {
      add(counts, `${name} ${asset}`, BigInt(amount), count)
    }
  }
  return withoutNone(counts)
}

export type CountedInputs = {
  oracle: MonthOracle
  payments: readonly KnownPayment[]
  withdrawals: readonly Payout[]
}

/** The same, by the oracle. */
export function wantedCounts({ oracle, payments, withdrawals }: CountedInputs): Counts {
  const counts: Counts = new Map()
  const assetOf = new Map(payments.map(({ id, asset }) => [id, asset]))
  for (const { id, asset, amount, fee } of payments) {
    add(counts, `created ${asset}`, amount)
    const word = oracle.expected().get(id)?.word ?? 'created'
    if (word !== 'created') add(counts, `${word} ${asset}`, amount)
    if (word === 'succeeded') add(counts, `fees ${asset}`, fee)
  }
  for (const { payment, amount, hasFailed } of oracle.refunds.values()) {
    add(counts, `${hasFailed ? 'not refunded' : 'refunded'} ${assetOf.get(payment)}`, amount)
  }
  for (const { id, asset, amount } of withdrawals) {
    add(counts, `requested ${asset}`, amount)
    const isPaid = oracle.withdrawals.has(id)
    add(counts, `${isPaid ? 'completed' : 'not withdrawn'} ${asset}`, amount)
  }
  return withoutNone(counts)
}

function add(counts: Counts, name: string, amount: bigint, count = 1): void {
  const before = counts.get(name) ?? { count: 0, amount: 0n }
  // Of fees only the sum is told.
  const more = name.startsWith('fees') ? 0 : count
  counts.set(name, { count: before.count + more, amount: before.amount + amount })
}

const withoutNone = (counts: Counts): Counts =>
  new Map([...counts].filter(([, { count, amount }]) => count > 0 || amount > 0n).sort())
