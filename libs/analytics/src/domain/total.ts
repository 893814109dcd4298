import type { Measure } from './fact.ts'

/** What was counted of one measure in one stretch of time, never of several assets at once. */
export type Total = {
  start: Date
  /** Empty of what is in none. */
  asset: string
  measure: Measure
  count: number
  amount: bigint
  fee: bigint
  tookMs: bigint
}
