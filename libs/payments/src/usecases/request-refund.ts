import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import { IdempotencyKeyReusedError } from '@coffer/http/idempotency'
import { inGroups } from '@coffer/runtime/in-groups'
import type { Destinations } from '../channel-ports.ts'
import type { Refund } from '../domain/refund.ts'
import type { PaymentReader, PaymentView } from '../ports.ts'
import {
  type RefundRequest,
  type RequestRefundsOptions,
  requestRefunds,
} from './request-refunds.ts'

export type { RefundRequest } from './request-refunds.ts'

export type RequestRefundOptions = RequestRefundsOptions & {
  payments: Pick<PaymentReader, 'find'>
  destinations: Destinations
  /** Failures of the database, which say nothing about a request. */
  isTransient: (error: unknown) => boolean
}

/** Most refunds that are granted in one transaction. */
const GROUP_MAX = 100

/**
 * Grants a refund, as `requestRefunds` does; what is asked for at the same time shares a
 * transaction. Throws {@link PaymentUnknownError}, {@link IdempotencyKeyReusedError},
 * {@link RefundDestinationError}, {@link RefundExceedsError} and `RefundTooEarlyError`.
 */
export function requestRefund(options: RequestRefundOptions) {
  const { payments, destinations, isTransient } = options
  const handle = requestRefunds(options)
  const grant = inGroups({ handle, sizeMax: GROUP_MAX, isOutage: isTransient })
  return async (request: RefundRequest): Promise<Refund> => {
    const { paymentId, key, to } = request
    const payment = await payments.find(paymentId)
    if (payment === undefined) throw new PaymentUnknownError(paymentId)
    const problem = await problemOf(payment, to, destinations)
    const { orderId } = payment
    const outcome = await grant({ ...request, orderId, isPayable: problem === undefined })
    if (outcome === 'key-reused') throw new IdempotencyKeyReusedError(key)
    if (outcome === 'not-payable') throw new RefundDestinationError(problem ?? '')
    if (outcome.status === 'refused') throw new RefundExceedsError(outcome)
    return outcome
  }
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
