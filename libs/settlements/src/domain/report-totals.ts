import { availableOf, type Settlement } from './settlement.ts'

/** A sum that a report ends with. */
export type ReportTotal = { name: string; amount: bigint }

/**
 * What the lines of a settlement come to and what became of it, in the order in which one follows
 * from the other: lines + carried in − carried out = settled = available + reserve.
 */
export function reportTotals(settlement: Settlement): ReportTotal[] {
  const { amount, reserve, carriedIn, carriedOut } = settlement
  const carried = [
    { name: 'Carried in', amount: carriedIn },
    { name: 'Carried out', amount: -carriedOut },
  ]
  return [
    { name: 'Lines', amount: amount - carriedIn + carriedOut },
    ...carried.filter((total) => total.amount !== 0n),
    { name: 'Settled', amount },
    { name: 'Reserve', amount: reserve },
    { name: 'Available', amount: availableOf(settlement) },
  ]
}
