import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'

/** How a payment is paid: to an address of its own, or through the stand-in card processor. */
export type Channel = 'onchain' | 'sandbox'

/** What was agreed when the payment was made. It never changes. */
export type Terms = {
  id: string
  orderId: string
  merchantId: string
  channel: Channel
  asset: AssetId
  /** What is asked for. */
  amount: bigint
  /** What we keep of it. */
  fee: bigint
  /** Where it is paid on chain. */
  address?: Address | undefined
  /** What is paid later is late. */
  expiresAt: Date
  createdAt: Date
}

/** Something that came in. What a reorg or a chargeback took back is no receipt any more. */
export type Receipt = {
  /** A deposit's identity, or the channel's name for it. */
  id: string
  amount: bigint
  /** When it was paid, as the chain or the channel says. */
  paidAt: Date
}

/** What was given back of what came in and was not applied. */
export type Return = { amount: bigint; at: Date }

export type PaymentStatus =
  /** Nothing came in so far. */
  | 'created'
  | 'partially_paid'
  /** What was asked for came in, in time. */
  | 'paid'
  /** More than was asked for came in. What exceeds it stays with the payment. */
  | 'overpaid'
  /** All of it came in, some of it too late. */
  | 'paid_late'
  /** All of it came in, for an order that another payment had paid: it stays with the payment. */
  | 'duplicate'
  /** Its time is over, and less than was asked for came in. */
  | 'expired'
  /** The channel refused it, or its order was cancelled. */
  | 'failed'
  /** The holder of the card had what was paid taken back. */
  | 'charged_back'

/** What the facts of a payment amount to. */
export type Standing = {
  status: PaymentStatus
  received: bigint
  /** When what was asked for had come in; absent until then. */
  paidAt?: Date | undefined
}

export type Facts = {
  terms: Pick<Terms, 'amount' | 'expiresAt'>
  receipts: readonly Receipt[]
  returned: readonly Return[]
  /** Why the channel refused it. */
  refusal?: string | undefined
  /** Whether something that came in was charged back. */
  isChargedBack?: boolean | undefined
  /** When its order was cancelled: what is paid later is late. */
  cancelledAt?: Date | undefined
  /** Whether it was waited for long enough: later than `expiresAt`, since a block takes a while. */
  isOver: boolean
}

const SUCCEEDED: ReadonlySet<PaymentStatus> = new Set(['paid', 'overpaid', 'paid_late'])

/** Whether what was asked for is there, and its order is paid by it. */
export const hasSucceeded = ({ status }: Pick<Standing, 'status'>): boolean => SUCCEEDED.has(status)

/**
 * What `facts` amount to, whatever order they became known in. Money outweighs everything else: a
 * payment that expired or was refused is paid once what was asked for is there.
 */
export function standingOf(facts: Facts): Standing {
  const { terms, receipts, returned, refusal, isChargedBack, cancelledAt, isOver } = facts
  const received = receipts.reduce((sum, { amount }) => sum + amount, 0n)
  const kept = returned.reduce((sum, { amount }) => sum - amount, received)
  const paidAt = kept < terms.amount ? undefined : momentPaid(receipts, returned, terms.amount)
  if (paidAt !== undefined) {
    const isLate = paidAt > terms.expiresAt || (cancelledAt !== undefined && paidAt > cancelledAt)
    const inTime = kept > terms.amount ? 'overpaid' : 'paid'
    return { status: isLate ? 'paid_late' : inTime, received, paidAt }
  }
  if (isChargedBack) return { status: 'charged_back', received }
  if (refusal !== undefined) return { status: 'failed', received }
  if (isOver) return { status: 'expired', received }
  return { status: kept > 0n ? 'partially_paid' : 'created', received }
}

/** When what came in, less what was given back by then, first added up to `amount`. */
function momentPaid(
  receipts: readonly Receipt[],
  returned: readonly Return[],
  amount: bigint,
): Date | undefined {
  let sum = 0n
  const changes = [
    ...receipts.map((receipt) => ({ change: receipt.amount, at: receipt.paidAt })),
    ...returned.map((given) => ({ change: -given.amount, at: given.at })),
  ]
  for (const { change, at } of changes.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    sum += change
    if (sum >= amount) return at
  }
  return undefined
}
