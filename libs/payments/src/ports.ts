import type { Message } from '@coffer/events/event'
import type { AssetId } from '@coffer/money/asset'
import type { PaymentAddress } from '@coffer/wallets/payment-addresses'
import type { PaymentFile } from './domain/change-order.ts'
import type { Decided, Known, PaymentRequest } from './domain/decide-payments.ts'
import type { Merchant } from './domain/merchant.ts'
import type { PaymentStatus, Receipt } from './domain/payment.ts'
import type { Payment } from './domain/payment-change.ts'

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
   * Locks the orders of payments and all payments of these, in one order everywhere, until the
   * transaction ends. It comes before all that is read or written of them. Answers those of `ids`
   * that there are.
   */
  lock(ids: readonly string[]): Promise<string[]>
  paymentsOf(orderId: string): Promise<string[]>
  /**
   * Writes down what came in for payments that are locked; news of others must not be among it.
   * News of a revision that is older than what is known of a deposit changes nothing.
   */
  writeReceipts(news: readonly ReceiptNews[]): Promise<void>
  /** Marks those as over that are waited for no more. */
  end(ids: readonly string[]): Promise<void>
  /** Gives up an order that is locked, and with it the payments that nothing is known against. */
  cancel(orderId: string, told: { at: Date; reason: string }): Promise<void>
  /** What is known of the payments `ids`, which are locked, and of the others of their orders. */
  open(ids: readonly string[]): Promise<PaymentFile[]>
  save(payments: readonly Payment[]): Promise<void>
  announce(messages: readonly Message[]): Promise<void>
}

/**
 * Does `work` in one transaction: all of it is kept or nothing. Adapter:
 * `adapters/postgres-payment-rooms.ts`.
 */
export type PaymentRooms = <Result>(work: (room: PaymentRoom) => Promise<Result>) => Promise<Result>

/** What is written when payments are made. */
export type Creation = Pick<Decided, 'made' | 'answered'> & {
  /** Of those that are paid on chain. */
  addresses: readonly PaymentAddress[]
  messages: readonly Message[]
}

/** What is decided about requests that were looked at together. */
export type Creating<Allotted, Result> = {
  requests: readonly PaymentRequest[]
  /** What each may get; anew for each try after one that was written in vain. */
  allot: () => Promise<Allotted>
  /** By what there is of what the requests name. */
  decide: (known: Known, allotted: Allotted) => { result: Result; creation: Creation }
}

/**
 * Looks, decides and writes, all or nothing, as if nobody else made anything meanwhile; tries again
 * where somebody did. Adapter: `adapters/postgres-creation-rooms.ts`.
 */
export type CreationRooms = <Allotted, Result>(
  creating: Creating<Allotted, Result>,
) => Promise<Result>

/** Who takes payments. Adapter: `adapters/postgres-merchants.ts`. */
export type Merchants = {
  /** Makes a merchant of `tenant` that is an owner too, and owes `message`. */
  create(merchant: Merchant, tenant: string | null, message: Message): Promise<void>
  find(id: string): Promise<Merchant | undefined>
  /**
   * Stores what `change` makes of the merchant, one caller at a time, and owes its message; nothing
   * is stored when there is no change. Answers what is stored then.
   */
  update(
    id: string,
    change: (merchant: Merchant) => { merchant: Merchant; message: Message } | undefined,
  ): Promise<Merchant | undefined>
}

/** A payment as it is shown. */
export type PaymentView = Omit<Payment, 'successes' | 'order'> & {
  reference: string
  /** Why it failed. */
  refusal: string | undefined
  /** What of it has reached the payer again. */
  refunded: bigint
}

/** An order as it is shown, with its payments, the first one first. */
export type OrderView = {
  id: string
  merchantId: string
  reference: string
  description: string | undefined
  asset: AssetId
  amount: bigint
  createdAt: Date
  cancelledAt: Date | undefined
  payments: readonly PaymentView[]
}

export type PaymentFilter = {
  /** Of merchants of this tenant. */
  tenant?: string | undefined
  merchantId?: string | undefined
  status?: PaymentStatus | undefined
}

/** Reads payments to show them. Adapter: `adapters/postgres-payment-reader.ts`. */
export type PaymentReader = {
  find(id: string): Promise<PaymentView | undefined>
  findOrder(id: string): Promise<OrderView | undefined>
  /** The newest first, `limit` at most of those that were made before the payment `before`. */
  list(
    filter: PaymentFilter,
    page: { before: string | undefined; limit: number },
  ): Promise<PaymentView[]>
}

/** An order in a list: as a whole it is shown with its payments. */
export type ListedOrder = Omit<OrderView, 'payments'> & { isPaid: boolean }

/**
 * Reads a tenant's merchants and orders, or everybody's, newest first.
 * Adapter: `adapters/postgres-trade-reader.ts`.
 */
export type TradeReader = {
  merchants(
    filter: { search: string | undefined; tenant: string | undefined },
    page: { before: string | undefined; limit: number },
  ): Promise<Merchant[]>
  orders(
    filter: { merchantId: string | undefined; tenant: string | undefined },
    page: { before: string | undefined; limit: number },
  ): Promise<ListedOrder[]>
}

/** When payments that are waited for expire. Adapter: `adapters/postgres-expiry-calendar.ts`. */
export type ExpiryCalendar = {
  /** The whole seconds by which some expire, before `until`, the first ones first. */
  moments(until: Date, limit: number): Promise<Date[]>
  /** Those that expire by `moment`, the first ones first. */
  expired(moment: Date, limit: number): Promise<string[]>
}
