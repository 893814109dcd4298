import type { TransactionDraft } from '@coffer/ledger/transaction'
import type { AssetId } from '@coffer/money/asset'
import type { ChargeReport, ChargeStatus } from './domain/charge.ts'
import type { Channel } from './domain/payment.ts'
import type { Refund, RefundReport, RefundStatus } from './domain/refund.ts'
import type { PaymentRoom } from './ports.ts'

export type ChargeOrder = { reference: string; asset: AssetId; amount: bigint; card: string }

export type RefundOrder = {
  reference: string
  /** The reference of the charge. */
  charge: string
  amount: bigint
}

/**
 * What a channel answered. A refusal is definite: nothing was done, and asking again changes
 * nothing. What is unknown may have been done or not: it is resolved by asking what there is, and
 * never by asking for something else.
 */
export type ChannelAnswer<Report> =
  | { outcome: 'known'; report: Report }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'unknown'; problem: string }

export type StatementLine = {
  statementId: string
  line: number
  kind: 'payment' | 'refund' | 'chargeback' | 'fee'
  id: string
  reference: string
  asset: AssetId
  amount: bigint
  movedAt: Date
}

/** A processor of cards. Adapter: `adapters/sandbox-channel.ts`. */
export type CardChannel = {
  /** Asked again under one reference it charges nothing more. */
  charge(order: ChargeOrder): Promise<ChannelAnswer<ChargeReport>>
  /** Absent is what the channel never had. */
  readCharge(reference: string): Promise<ChannelAnswer<ChargeReport> | { outcome: 'absent' }>
  /** Asked again under one reference it gives nothing more back. */
  refund(order: RefundOrder): Promise<ChannelAnswer<RefundReport>>
  readRefund(reference: string): Promise<ChannelAnswer<RefundReport> | { outcome: 'absent' }>
  /** What it moved on a day of UTC, such as `2026-11-21`. Throws {@link ChannelError}. */
  statement(day: string): Promise<StatementLine[]>
}

/** The charge of a payment, as it is stored. */
export type Charge = {
  paymentId: string
  orderId: string
  merchantId: string
  channel: Channel
  card: string
  status: ChargeStatus
  /** How often the channel was asked about it. */
  attempts: number
  /** When the channel is asked about it; absent once it has decided. */
  lookAt: Date | undefined
  asset: AssetId
  amount: bigint
  /** Whether its payment is waited for: neither refused nor over. */
  isWanted: boolean
}

/** What can be done to charges and their payments in one transaction, however many they are. */
export type ChargeRoom = PaymentRoom & {
  /** The charges of those of `paymentIds` that have one, by payment. */
  readCharges(paymentIds: readonly string[]): Promise<ReadonlyMap<string, Charge>>
  writeCharges(changes: readonly ChargeChange[]): Promise<void>
  /** Says why the channel refused payments that are locked; what was said before stays. */
  refuse(refusals: readonly { paymentId: string; reason: string }[]): Promise<void>
}

export type ChargeChange = {
  paymentId: string
  status: ChargeStatus
  channelId?: string | undefined
  attempts?: number
  /** When it is looked at again; null is never. */
  lookAt: Date | null
}

/** Adapter: `adapters/postgres-charges.ts`. */
export type ChargeRooms = <Result>(work: (room: ChargeRoom) => Promise<Result>) => Promise<Result>

/** A refund with what is kept of how it is asked for. */
export type StoredRefund = Refund & {
  /** The merchant's name for the request. */
  key: string
  attempts: number
}

export type RefundChange = {
  status: RefundStatus
  failure?: string
  txHash?: `0x${string}`
  endedAt?: Date
  attempts?: number
  lookAt?: Date | null
}

/** What can be done to refunds in one transaction, their reservation in the ledger included. */
export type RefundRoom = PaymentRoom & {
  findRefund(id: string): Promise<StoredRefund | undefined>
  /** What was made of each of `requests` before, in their order. */
  findByKeys(
    requests: readonly { paymentId: string; key: string }[],
  ): Promise<(StoredRefund | undefined)[]>
  /** What is or may be refunded of a payment of what the merchant got for it. */
  refundedOfMerchant(paymentId: string): Promise<bigint>
  /** What of an order went back to its payer of what the merchant got for it. */
  refundedOfOrder(orderId: string): Promise<bigint>
  /** Asks the ledger, which decides of each. Once a transaction. */
  reserve(drafts: readonly TransactionDraft[]): Promise<('reserved' | 'refused')[]>
  insertRefunds(refunds: readonly { refund: StoredRefund; lookAt: Date | null }[]): Promise<void>
  writeRefund(id: string, change: RefundChange): Promise<void>
  /** Counts a refund of `amount` that has arrived. */
  addRefunded(paymentId: string, amount: bigint): Promise<void>
}

/** Adapter: `adapters/postgres-refunds.ts`. */
export type RefundRooms = <Result>(work: (room: RefundRoom) => Promise<Result>) => Promise<Result>

/** Reads refunds to show them. Adapter: `adapters/postgres-refunds.ts`. */
export type RefundReader = {
  find(id: string): Promise<Refund | undefined>
  /** Those of a payment, the first one first. */
  listOf(paymentId: string): Promise<Refund[]>
}

/** Adapter: `adapters/postgres-destinations.ts`. */
export type Destinations = {
  /** Why nothing should be paid to an address of the chain of `asset`; nothing if it may be. */
  problemOf(to: string, asset: AssetId): Promise<string | undefined>
}

/** What a channel tells by itself, once its signature was checked. */
export type ChannelCallback = { id: string } & (
  | { about: 'charge'; report: ChargeReport }
  | { about: 'refund'; report: RefundReport }
)

/** Checks and reads a callback. Adapter: `adapters/sandbox-callbacks.ts`. */
export type ReadCallback = (
  headers: Readonly<Record<string, string>>,
  body: string,
) => ChannelCallback | 'forged' | 'malformed'

/** Keeps callbacks of which nobody knows what they are about. */
export type UnknownCallbacks = {
  /** Once for each id. */
  keep(callback: { id: string; channel: string; body: string }): Promise<void>
}

/** Which statements of a channel are to be read. Adapter: `adapters/postgres-statements.ts`. */
export type Statements = {
  /** The days that are not told of to their end, the first ones first. */
  due(until: Date, limit: number): Promise<{ day: string; dueAt: Date }[]>
  /**
   * Announces the lines of a day that were not announced so far, and notes whether the day is over,
   * all in one transaction. Answers how many there were.
   */
  announce(day: string, told: ToldStatement): Promise<number>
}

export type ToldStatement = {
  channel: string
  lines: readonly StatementLine[]
  isComplete: boolean
  /** When the day is read again. */
  lookAt: Date
}
