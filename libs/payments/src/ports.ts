import type { Message } from '@coffer/events/event'
import type { Receipt } from './domain/payment.ts'
import type { Payment } from './domain/payment-change.ts'

/** A payment with every fact it is judged by. */
export type PaymentFile = {
  payment: Payment
  receipts: readonly Receipt[]
  refusal: string | undefined
  isOver: boolean
}

/** Something that came in for a payment, or was taken back, as a deposit's event says. */
export type ReceiptNews = {
  eventId: string
  /** The owner of the address: a payment, or somebody who is none of ours. */
  paymentId: string
  receipt: Receipt
  /** Counts how often the deposit was confirmed, from 1. */
  revision: number
  isReversed: boolean
}

/** What can be done to payments in one transaction of their database. */
export type PaymentRoom = {
  /** Those of `eventIds` that `consumer` has not handled so far. */
  claim(consumer: string, eventIds: readonly string[]): Promise<ReadonlySet<string>>
  /**
   * Locks payments and their orders, in one order everywhere, until the transaction ends. It comes
   * before all that is read or written of them. Answers those that there are.
   */
  lock(ids: readonly string[]): Promise<string[]>
  /**
   * Writes down what came in for payments that are locked; news of others must not be among it.
   * News of a revision that is older than what is known of a deposit changes nothing.
   */
  writeReceipts(news: readonly ReceiptNews[]): Promise<void>
  /** Marks those as over that are waited for no more. */
  end(ids: readonly string[]): Promise<void>
  /** What is known of payments that are locked. */
  open(ids: readonly string[]): Promise<PaymentFile[]>
  save(payments: readonly Payment[]): Promise<void>
  announce(messages: readonly Message[]): Promise<void>
}

/**
 * Does `work` in one transaction: all of it is kept or nothing. Adapter:
 * `adapters/postgres-payment-rooms.ts`.
 */
export type PaymentRooms = <Result>(work: (room: PaymentRoom) => Promise<Result>) => Promise<Result>
