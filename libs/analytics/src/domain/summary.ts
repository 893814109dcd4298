import type { Measure } from './fact.ts'
import type { Total } from './total.ts'

type Counted = { count: number; amount: bigint }

/** What happened to one asset in one stretch of time. Amounts are in the asset's smallest unit. */
export type Summary = {
  start: Date
  /** Empty of what is in none. */
  asset: string
  deposits: Record<'confirmed' | 'suspended' | 'reversed', Counted>
  /** Of deposits: from their blocks to their booking. */
  credits: { count: number; averageSeconds: number | null }
  orders: Record<'created' | 'paid' | 'cancelled', Counted>
  payments: Record<'created' | 'succeeded' | 'failed' | 'expired', Counted> & {
    fees: bigint
    /** Of those that came to an end, how many succeeded; null while none did. */
    successRate: number | null
  }
  refunds: Record<'succeeded' | 'failed', Counted>
  settlements: Counted
  withdrawals: Record<'requested' | 'completed' | 'failed' | 'cancelled', Counted> & {
    fees: bigint
  }
  notifications: { sent: number; failed: number }
}

/** Puts totals together by stretch of time and asset, in the order in which they come. */
export function summaries(totals: readonly Total[]): Summary[] {
  const groups = Map.groupBy(totals, ({ start, asset }) => `${start.getTime()} ${asset}`)
  return [...groups.values()].map(summaryOf)
}

function summaryOf(totals: readonly Total[]): Summary {
  const byMeasure = new Map(totals.map((total) => [total.measure, total]))
  const of = (measure: Measure): Counted => {
    const { count = 0, amount = 0n } = byMeasure.get(measure) ?? {}
    return { count, amount }
  }
  const feesOf = (measure: Measure) => byMeasure.get(measure)?.fee ?? 0n
  const succeeded = of('payment.succeeded')
  const failed = of('payment.failed')
  const expired = of('payment.expired')
  const ended = succeeded.count + failed.count + expired.count
  const [{ start, asset } = { start: new Date(0), asset: '' }] = totals
  return {
    start,
    asset,
    deposits: {
      confirmed: of('deposit.confirmed'),
      suspended: of('deposit.suspended'),
      reversed: of('deposit.reversed'),
    },
    credits: creditsOf(byMeasure.get('deposit.credited')),
    orders: {
      created: of('order.created'),
      paid: of('order.paid'),
      cancelled: of('order.cancelled'),
    },
    payments: {
      created: of('payment.created'),
      succeeded,
      failed,
      expired,
      fees: feesOf('payment.succeeded'),
      successRate: ended === 0 ? null : succeeded.count / ended,
    },
    refunds: { succeeded: of('refund.succeeded'), failed: of('refund.failed') },
    settlements: of('settlement.completed'),
    withdrawals: {
      requested: of('withdrawal.requested'),
      completed: of('withdrawal.completed'),
      failed: of('withdrawal.failed'),
      cancelled: of('withdrawal.cancelled'),
      fees: feesOf('withdrawal.completed'),
    },
    notifications: {
      sent: of('notification.sent').count,
      failed: of('notification.failed').count,
    },
  }
}

function creditsOf(total: Total | undefined): Summary['credits'] {
  if (total === undefined || total.count === 0) return { count: 0, averageSeconds: null }
  // Milliseconds of fewer than 285,000 years are exact as a number.
  return { count: total.count, averageSeconds: Number(total.tookMs) / total.count / 1_000 }
}
