import type { ApiClient } from '@coffer/cli/api-client'

type Counted = { count: number; amount: string }
type Summary = {
  payments: Record<'created' | 'succeeded', Counted>
  refunds: { succeeded: Counted }
  settlements: Counted
  withdrawals: { completed: Counted }
}
export type CountedFigures = Awaited<ReturnType<typeof countedFigures>>

/** What analytics have counted of an asset around now. */
export async function countedFigures(api: ApiClient, asset: string) {
  const [from, to] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString())
  const query = new URLSearchParams({ from: from ?? '', to: to ?? '', asset })
  const { items } = await api<{ items: Summary[] }>('GET', `/v1/analytics/summary?${query}`)
  const [summary] = items
  return {
    created: BigInt(summary?.payments.created.count ?? 0),
    succeeded: BigInt(summary?.payments.succeeded.count ?? 0),
    received: BigInt(summary?.payments.succeeded.amount ?? 0),
    refunded: BigInt(summary?.refunds.succeeded.amount ?? 0),
    settlements: BigInt(summary?.settlements.count ?? 0),
    settled: BigInt(summary?.settlements.amount ?? 0),
    withdrawals: BigInt(summary?.withdrawals.completed.count ?? 0),
    withdrawn: BigInt(summary?.withdrawals.completed.amount ?? 0),
  }
}
