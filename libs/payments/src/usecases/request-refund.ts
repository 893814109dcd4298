import { randomUUIDv7 } from 'node:crypto'
import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import { refundReservation } from '@coffer/ledger/refund-transactions'
import type { Units } from '@coffer/money/units'
import type { Destinations, RefundRoom, RefundRooms, StoredRefund } from '../channel-ports.ts'
import { notApplied, type Refund } from '../domain/refund.ts'
import { refundRequested } from '../domain/refund-messages.ts'
import type { PaymentReader, PaymentView } from '../ports.ts'
import { IdempotencyKeyReusedError } from './create-payment.ts'
import { judgePayments } from './judge-payments.ts'

/** What a merchant asks for who gives money back. */
export type RefundRequest = {
  paymentId: string
  /** The merchant's name for this request. */
  key: string
  amount: bigint
  to?: Address | undefined
  reason?: string | undefined
}

export type RequestRefundOptions = {
  rooms: RefundRooms
  payments: Pick<PaymentReader, 'find'>
  destinations: Destinations
  now: () => Date
}

/**
 * Grants a refund and reserves what it takes, in the ledger and in one transaction; what was not
 * applied goes back first. The same request under the same key answers the same refund, and one
 * that was refused is refused for ever. Throws {@link PaymentUnknownError},
 * {@link IdempotencyKeyReusedError}, {@link RefundDestinationError}, {@link RefundExceedsError} and
 * {@link RefundTooEarlyError}.
 */
export const requestRefund =
  ({ rooms, payments, destinations, now }: RequestRefundOptions) =>
  async (request: RefundRequest): Promise<Refund> => {
    const { paymentId, key, to } = request
    const payment = await payments.find(paymentId)
    if (payment === undefined) throw new PaymentUnknownError(paymentId)
    // Before the transaction: within it, it would take a second connection.
    const problem = await problemOf(payment, to, destinations)
    const refund = await rooms(async (room) => {
      await room.lock([paymentId])
      const known = await room.findByKey(paymentId, key)
      if (known) return sameAs(known, request)
      if (problem !== undefined) throw new RefundDestinationError(problem)
      return await decide(room, request, now())
    })
    if (refund.status === 'refused') throw new RefundExceedsError(refund)
    return refund
  }

function sameAs(known: StoredRefund, { key, amount, to, reason }: RefundRequest): StoredRefund {
  const isSame = known.amount === amount && known.to === to && known.reason === reason
  if (!isSame) throw new IdempotencyKeyReusedError(key)
  return known
}

async function decide(room: RefundRoom, request: RefundRequest, at: Date): Promise<StoredRefund> {
  const { paymentId, key, amount, to, reason } = request
  const file = (await room.open([paymentId])).find(({ payment }) => payment.id === paymentId)
  if (file === undefined) throw new PaymentUnknownError(paymentId)
  const { payment } = file
  const free = notApplied(payment, file)
  const excess = amount < free ? amount : free
  const { orderId, merchantId, channel, asset } = payment
  const refund: StoredRefund = {
    id: randomUUIDv7(),
    ...{ paymentId, orderId, merchantId, channel, asset, amount, excess, to, reason, key },
    status: 'requested',
    attempts: 0,
    createdAt: at,
  }
  const facts = { ...refund, refundId: refund.id, amount: amount as Units, excess: excess as Units }
  if ((await room.reserve(refundReservation(facts, at))) === 'refused') {
    const before = await room.refundedOfMerchant(paymentId)
    // It is there by what is known here, so that the ledger has not heard of all of it so far.
    const isSucceeded = payment.paidAt !== undefined && payment.status !== 'duplicate'
    if (isSucceeded && before + amount - excess <= payment.amount) {
      throw new RefundTooEarlyError(paymentId)
    }
    const refused: StoredRefund = { ...refund, status: 'refused', failure: 'exceeds', endedAt: at }
    await room.insertRefund(refused, null)
    return refused
  }
  await room.insertRefund(refund, channel === 'sandbox' ? at : null)
  await room.announce([refundRequested(refund)])
  if (excess > 0n) await judgePayments(room, [paymentId], { at, reason: 'refund' })
  return refund
}

async function problemOf(
  { channel, asset }: Pick<PaymentView, 'channel' | 'asset'>,
  to: Address | undefined,
  destinations: Destinations,
): Promise<string | undefined> {
  if (channel === 'sandbox') {
    return to === undefined ? undefined : 'A card is refunded to itself: omit the address.'
  }
  return to === undefined
    ? 'Name the address to pay. The sender is none: it may be that of an exchange.'
    : await destinations.problemOf(to, asset)
}

export class PaymentUnknownError extends AppError {
  readonly code = 'PAYMENT_UNKNOWN'

  constructor(id: string) {
    super(`No payment has the id ${JSON.stringify(id)}. POST /v1/payments makes one.`, {
      retry: 'never',
      details: { id },
    })
  }
}

export class RefundDestinationError extends AppError {
  readonly code = 'REFUND_DESTINATION'

  constructor(problem: string) {
    super(`A refund can't be paid so. ${problem}`, { retry: 'never', details: { problem } })
  }
}

export class RefundExceedsError extends AppError {
  readonly code = 'REFUND_EXCEEDS'

  constructor({ paymentId, amount }: Refund) {
    super(
      `${amount} is more than can still be refunded of the payment ${paymentId}. Ask for less, ` +
        'under another key.',
      { retry: 'never', details: { paymentId, amount } },
    )
  }
}

/** The payment has succeeded and is not booked. */
export class RefundTooEarlyError extends AppError {
  readonly code = 'REFUND_TOO_EARLY'

  constructor(paymentId: string) {
    super(
      `What came in for the payment ${paymentId} is not booked so far. Nothing was reserved: ask ` +
        'again shortly, under the same key.',
      { retry: 'retry', details: { paymentId } },
    )
  }
}
