import { atOnce, type Call, good } from './month-calls.ts'
import type { MonthPlan } from './month-plan.ts'

export type HeldBack = { place: string; pending: bigint; available: bigint; threshold: bigint }

type Balance = Record<'asset' | 'pending' | 'available', string>

export type HeldBackOptions = {
  call: Call
  merchants: readonly string[]
  plan: MonthPlan
}

/** What there is of each merchant whose money is held back, by asset. */
export async function heldBack({ call, merchants, plan }: HeldBackOptions): Promise<HeldBack[]> {
  const held = plan.merchants.flatMap(({ holdBackDays, thresholds }, place) =>
    holdBackDays > 0 ? [{ merchant: merchants[place] ?? '', thresholds }] : [],
  )
  const found = await atOnce(held, async ({ merchant, thresholds }) => {
    const path = `/v1/merchants/${merchant}/balances`
    const { items } = await good<{ items: Balance[] }>(call('GET', path))
    return items.map(({ asset, pending, available }) => ({
      place: `${merchant} ${asset}`,
      ...{ pending: BigInt(pending), available: BigInt(available) },
      threshold: thresholds.get(asset) ?? 0n,
    }))
  })
  return found.flat()
}
