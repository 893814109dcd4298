import { randomUUIDv7 } from 'node:crypto'
import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import { refundReservation } from '@coffer/ledger/refund-transactions'
import type { Units } from '@coffer/money/units'
import type { RefundRoom, RefundRooms, StoredRefund } from '../channel-ports.ts'
import type { PaymentFile } from '../domain/change-order.ts'
import { notApplied } from '../domain/refund.ts'
import { refundRequested } from '../domain/refund-messages.ts'
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

export type WantedRefund = RefundRequest & {
  /** Of the payment. */
  orderId: string
  /** Whether there is where to pay it. */
  isPayable: boolean
}

export type RequestRefundsOptions = { rooms: RefundRooms; now: () => Date }

/** A refund may have been refused; `key-reused`: something else was asked for under its key. */
export type RefundOutcome = StoredRefund | 'key-reused' | 'not-payable'

/**
 * Grants refunds and reserves what they take, in the ledger and in the same transaction, as if each
 * were asked for alone, in their order; what was not applied goes back first. The same request
 * under the same key answers the same refund, and one that was refused is refused for ever. Asked
 * again after a failure it grants nothing twice. Throws {@link RefundTooEarlyError}.
 */
export const requestRefunds =
  ({ rooms, now }: RequestRefundsOptions) =>
  async (wanted: readonly WantedRefund[]): Promise<readonly RefundOutcome[]> => {
    const outcomes = new Map<WantedRefund, RefundOutcome>()
    for (const round of roundsOf(wanted)) {
      const answers = await rooms((room) => grant(room, round, now()))
      for (const [place, each] of round.entries()) {
        outcomes.set(each, answers[place] as RefundOutcome)
      }
    }
    return wanted.map((each) => outcomes.get(each) as RefundOutcome)
  }

/** Rounds that have one request about an order at most: what one changes the next has to see. */
function roundsOf(wanted: readonly WantedRefund[]): WantedRefund[][] {
  const rounds: WantedRefund[][] = []
  for (const ofOrder of Map.groupBy(wanted, ({ orderId }) => orderId).values()) {
    for (const [round, each] of ofOrder.entries()) {
      if (rounds[round]) rounds[round].push(each)
      else rounds.push([each])
    }
  }
  return rounds
}

async function grant(
  room: RefundRoom,
  wanted: readonly WantedRefund[],
  at: Date,
): Promise<RefundOutcome[]> {
  await room.lock(wanted.map(({ paymentId }) => paymentId))
  const known = await room.findByKeys(wanted)
  const isNew = ({ isPayable }: WantedRefund, place: number) => isPayable && !known[place]
  const asked = wanted.filter(isNew)
  const files = await room.open(asked.map(({ paymentId }) => paymentId))
  const byPayment = new Map(files.map((file) => [file.payment.id, file]))
  const refunds = asked.map((each) => refundOf(each, byPayment.get(each.paymentId), at))
  const reserved = await room.reserve(refunds.map((refund) => reservationOf(refund, at)))
  const decided = refunds.map((refund, place): StoredRefund => {
    if (reserved[place] === 'reserved') return refund
    return { ...refund, status: 'refused', failure: 'exceeds', endedAt: at }
  })
  for (const refund of decided.filter(({ status }) => status === 'refused')) {
    await requireBooked(room, refund, byPayment.get(refund.paymentId))
  }
  await write(room, decided, at)
  const left = decided.values()
  return wanted.map((each, place) => {
    const before = known[place]
    if (before) return isSame(before, each) ? before : 'key-reused'
    return each.isPayable ? (left.next().value as StoredRefund) : 'not-payable'
  })
}

function refundOf(wanted: WantedRefund, file: PaymentFile | undefined, at: Date): StoredRefund {
  const { paymentId, key, amount, to, reason } = wanted
  if (file === undefined) throw new Error(`The payment ${paymentId} is gone.`)
  const { orderId, merchantId, channel, asset } = file.payment
  const free = notApplied(file.payment, file)
  const excess = amount < free ? amount : free
  return {
    id: randomUUIDv7(),
    ...{ paymentId, orderId, merchantId, channel, asset, amount, excess, to, reason, key },
    status: 'requested',
    attempts: 0,
    createdAt: at,
  }
}

function reservationOf(refund: StoredRefund, at: Date) {
  const { id: refundId, amount, excess } = refund
  const facts = { ...refund, refundId, amount: amount as Units, excess: excess as Units }
  return refundReservation(facts, at)
}

/** It may be there by what is known here, so that the ledger has not heard of all of it so far. */
async function requireBooked(
  room: RefundRoom,
  { paymentId, amount, excess }: StoredRefund,
  file: PaymentFile | undefined,
): Promise<void> {
  const payment = file?.payment
  // What is not applied is counted here, so that there is enough of it.
  if (amount === excess) throw new RefundTooEarlyError(paymentId)
  if (payment?.paidAt === undefined || payment.status === 'duplicate') return
  const before = await room.refundedOfMerchant(paymentId)
  if (before + amount - excess <= payment.amount) throw new RefundTooEarlyError(paymentId)
}

async function write(room: RefundRoom, decided: readonly StoredRefund[], at: Date): Promise<void> {
  const granted = decided.filter(({ status }) => status === 'requested')
  await room.insertRefunds(
    decided.map((refund) => {
      const isAsked = refund.status === 'requested' && refund.channel === 'sandbox'
      return { refund, lookAt: isAsked ? at : null }
    }),
  )
  await room.announce(granted.map(refundRequested))
  const returning = granted.filter(({ excess }) => excess > 0n)
  const ids = returning.map(({ paymentId }) => paymentId)
  await judgePayments(room, ids, { at, reason: 'refund' })
}

const isSame = (known: StoredRefund, { amount, to, reason }: RefundRequest): boolean =>
  known.amount === amount && known.to === to && known.reason === reason

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
