/** What is counted. A noun's lines say what it is now: what it no longer is, is not counted. */
export type Measure =
  | 'deposit.confirmed'
  | 'deposit.suspended'
  | 'deposit.reversed'
  /** A deposit was booked to its owner; it takes from its block to then. */
  | 'deposit.credited'
  | 'order.created'
  | 'order.paid'
  | 'order.cancelled'
  | 'payment.created'
  | 'payment.succeeded'
  | 'payment.failed'
  | 'payment.expired'
  | 'refund.succeeded'
  | 'refund.failed'
  | 'settlement.completed'
  | 'withdrawal.requested'
  | 'withdrawal.completed'
  | 'withdrawal.failed'
  | 'withdrawal.cancelled'
  | 'notification.sent'
  | 'notification.failed'

/** One thing that is counted. What a dimension does not apply to is the empty text. */
export type Line = {
  measure: Measure
  /** The hour in which it happened, UTC, RFC 3339. */
  hour: string
  asset: string
  chain: string
  channel: string
  /** Its id. */
  merchant: string
  amount: bigint
  /** What we keep of it. */
  fee: bigint
  /** How long it took, milliseconds. */
  tookMs: bigint
}

/** A line as JSON holds it. */
export type StoredLine = Omit<Line, 'amount' | 'fee' | 'tookMs'> & {
  amount: string
  fee: string
  tookMs: string
}

/** What one event says of a noun, all that came before it included. */
export type Fact = {
  /** For example `payment:{id}`. */
  noun: string
  /** Grows with each event of the noun. */
  version: number
  eventId: string
  lines: readonly Line[]
}

/** How a merchant is called from a version on. */
export type MerchantName = { id: string; version: number; name: string }

/**
 * Whether `a` is to be counted in place of `b`. Of two of one version, which contradict each
 * other, it is always the same one, whichever came first.
 */
export const isNewer = (
  a: Pick<Fact, 'version' | 'eventId'>,
  b: Pick<Fact, 'version' | 'eventId'>,
): boolean => a.version > b.version || (a.version === b.version && a.eventId > b.eventId)
