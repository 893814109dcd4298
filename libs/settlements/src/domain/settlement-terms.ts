import type { AssetId } from '@coffer/money/asset'

/** When and how a merchant's money is settled. */
export type SettlementTerms = {
  /** From how much on it is settled at once, by asset, in its smallest unit. */
  thresholds: Readonly<Record<string, bigint>>
  /** The same, for every other asset. */
  threshold: bigint
  /** How long after a payment its money is pending at least. */
  holdBackDays: number
  /** What of a settlement is kept back, in hundredths of a per cent. */
  reserveBasisPoints: number
  /** For how long. */
  reserveDays: number
}

/** What a merchant chose; what is left out is as by default. */
export type SettlementSettings = Partial<Omit<SettlementTerms, 'threshold'>> & {
  /** Settled each day at this time, `HH:MM` in UTC. */
  dailyAt?: string | undefined
}

export const thresholdOf = (
  { thresholds, threshold }: Pick<SettlementTerms, 'thresholds' | 'threshold'>,
  asset: AssetId,
): bigint => thresholds[asset] ?? threshold

const DAY_MS = 86_400_000

export const daysAfter = (time: Date, days: number): Date =>
  new Date(time.getTime() + days * DAY_MS)

/** The first moment after `after` at which it is `dailyAt`, `HH:MM` in UTC. */
export function nextDaily(dailyAt: string, after: Date): Date {
  const [hours = 0, minutes = 0] = dailyAt.split(':').map(Number)
  const today = new Date(after)
  today.setUTCHours(hours, minutes, 0, 0)
  return today > after ? today : daysAfter(today, 1)
}
