import type { Fact, MerchantName } from './domain/fact.ts'
import type { Total } from './domain/total.ts'

/** Adapters: `adapters/postgres-statistics.ts`, `testing/memory-statistics.ts`. */
export type Statistics = {
  /**
   * Counts each fact in place of what was counted of its noun, unless that is newer, all in one
   * transaction. A noun is among them once. Answers how many were counted.
   */
  count(facts: readonly Fact[], names: readonly MerchantName[]): Promise<number>
}

/** What is asked for; an absent dimension is every one. */
export type TotalsRequest = {
  /** By whole hours: from that of `from` on, up to the last that begins before `to`. */
  from: Date
  to: Date
  /** What merchants of this tenant did. */
  tenant?: string | undefined
  asset?: string | undefined
  merchant?: string | undefined
  chain?: string | undefined
  channel?: string | undefined
}

export type MerchantTotal = {
  merchant: string
  /** Absent while nothing was heard of the merchant. */
  name: string | undefined
  count: number
  amount: bigint
  fee: bigint
}

/** Reads what was counted. Adapter: `adapters/postgres-statistics-reader.ts`. */
export type StatisticsReader = {
  totals(request: TotalsRequest, granularity: 'hour' | 'day'): Promise<Total[]>
  /** Those whose payments brought most of `asset`, the first one most. */
  topMerchants(request: TotalsRequest & { asset: string }, limit: number): Promise<MerchantTotal[]>
}

export type StatisticsDifference = { subject: string; problem: string }

export type StatisticsComparison = {
  /** Nouns that the log tells of. */
  nouns: number
  /** The first 1,000. */
  differences: readonly StatisticsDifference[]
}

/**
 * Statistics that are counted a second time, beside those in use. Adapter:
 * `adapters/postgres-statistics-shadow.ts`.
 */
export type StatisticsShadow = {
  /** Begins with nothing. */
  begin(): Promise<void>
  statistics: Statistics
  /** What both do not agree on, and what the totals in use are not the sum of, at one moment. */
  compare(): Promise<StatisticsComparison>
  end(): Promise<void>
}
