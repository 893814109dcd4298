import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { Channel } from './payment.ts'
import type { Payment } from './payment-change.ts'

/** What somebody asks for who wants to be paid. */
export type PaymentRequest = {
  /** The merchant's name for this request: repeated under it, it makes nothing more. */
  key: string
  /** Of what is asked for. */
  hash: `0x${string}`
  merchantId: string
  /** The merchant's name for the order. */
  reference: string
  asset: AssetId
  amount: bigint
  channel: Channel
  /** What a channel other than a chain charges. */
  card?: string | undefined
  description: string | undefined
  expiresInSeconds: number
}

/** What a payment gets that may be made of a request. */
export type Allotment = { paymentId: string; orderId: string; address: Address | undefined }

/** A refusal that is answered again whenever the request is repeated. */
export type StoredRefusal = 'order-terms' | 'order-closed'

export type Refusal = StoredRefusal | 'merchant-unknown' | 'key-reused'

export type KnownMerchant = { feeBasisPoints: number }

export type KnownOrder = Pick<Payment, 'asset' | 'amount' | 'order'> & {
  id: string
  /** Whether it is paid or cancelled. */
  isClosed: boolean
}

/** What was answered to a request. */
export type KnownKey = { hash: `0x${string}` } & ({ payment: Payment } | { refusal: StoredRefusal })

/** What there is before requests are decided. */
export type Known = {
  /** By id. */
  merchants: ReadonlyMap<string, KnownMerchant>
  /** By {@link ofMerchant} of their reference. */
  orders: ReadonlyMap<string, KnownOrder>
  /** By {@link ofMerchant}. */
  keys: ReadonlyMap<string, KnownKey>
}

export type Outcome = { payment: Payment } | { refusal: Refusal }

/** A payment that is made, with its order where that is made too. */
export type NewPayment = {
  payment: Payment
  isOrderNew: boolean
  description: string | undefined
  card: string | undefined
}

/** What was decided: an outcome for each request, in their order, and what is to be written. */
export type Decided = {
  outcomes: readonly Outcome[]
  made: readonly NewPayment[]
  answered: readonly { merchantId: string; key: string; known: KnownKey }[]
}

/** What belongs to a merchant, by the merchant's own name for it. */
export const ofMerchant = (merchantId: string, name: string): string => `${merchantId} ${name}`

/**
 * Decides requests one after the other, as if each were alone: what one makes is there for the
 * next. `allotments` has what each gets that makes a payment.
 */
export function decidePayments(
  requests: readonly PaymentRequest[],
  known: Known,
  { allotments, at }: { allotments: readonly Allotment[]; at: Date },
): Decided {
  const [orders, keys] = [new Map(known.orders), new Map(known.keys)]
  const made: NewPayment[] = []
  const answered: Decided['answered'][number][] = []
  const outcomes = requests.map((request, place): Outcome => {
    const { merchantId, key, hash } = request
    const merchant = known.merchants.get(merchantId)
    if (merchant === undefined) return { refusal: 'merchant-unknown' }
    const before = keys.get(ofMerchant(merchantId, key))
    if (before) return before.hash === hash ? outcomeOf(before) : { refusal: 'key-reused' }

    const order = orders.get(ofMerchant(merchantId, request.reference))
    const refusal = refusalOf(request, order)
    const answer = (outcome: { payment: Payment } | { refusal: StoredRefusal }) => {
      const now = { hash, ...outcome }
      keys.set(ofMerchant(merchantId, key), now)
      answered.push({ merchantId, key, known: now })
      return outcome
    }
    if (refusal) return answer({ refusal })
    const allotment = allotments[place]
    if (allotment === undefined) throw new Error('A request has no allotment.')
    const payment = newPayment(request, { allotment, merchant, order, at })
    const { description, card } = request
    made.push({ payment, isOrderNew: order === undefined, description, card })
    orders.set(ofMerchant(merchantId, request.reference), orderOf(payment))
    return answer({ payment })
  })
  return { outcomes, made, answered }
}

const outcomeOf = (known: KnownKey): Outcome =>
  'payment' in known ? { payment: known.payment } : { refusal: known.refusal }

function refusalOf(
  { asset, amount }: PaymentRequest,
  order: KnownOrder | undefined,
): StoredRefusal | undefined {
  if (order === undefined) return undefined
  if (order.asset !== asset || order.amount !== amount) return 'order-terms'
  return order.isClosed ? 'order-closed' : undefined
}

type Making = {
  allotment: Allotment
  merchant: KnownMerchant
  order: KnownOrder | undefined
  at: Date
}

function newPayment(request: PaymentRequest, { allotment, merchant, order, at }: Making): Payment {
  const { merchantId, channel, asset, amount, expiresInSeconds, reference } = request
  return {
    id: allotment.paymentId,
    orderId: order?.id ?? allotment.orderId,
    ...{ merchantId, channel, asset, amount },
    fee: feeOf(amount, merchant),
    address: allotment.address,
    expiresAt: new Date(at.getTime() + expiresInSeconds * 1_000),
    createdAt: at,
    ...{ status: 'created', received: 0n, version: 1, successes: 0 },
    order: order?.order ?? { reference, version: 1, createdAt: at },
  }
}

const orderOf = ({ orderId, asset, amount, order }: Payment): KnownOrder => {
  return { id: orderId, asset, amount, order, isClosed: false }
}

/** Rounded down: what is not a whole unit stays the merchant's. */
const feeOf = (amount: bigint, { feeBasisPoints }: KnownMerchant): bigint =>
  (amount * BigInt(feeBasisPoints)) / 10_000n
