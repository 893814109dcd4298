import { AppError } from '@coffer/errors/app-error'
import { IdempotencyKeyReusedError } from '@coffer/http/idempotency'
import { type Asset, type AssetId, chainOfAsset, isCurrency } from '@coffer/money/asset'
import { inGroups } from '@coffer/runtime/in-groups'
import type { PaymentAddresses } from '@coffer/wallets/payment-addresses'
import type { Outcome, PaymentRequest, Refusal } from '../domain/decide-payments.ts'
import type { Payment } from '../domain/payment-change.ts'
import { MerchantUnknownError } from './update-merchant.ts'

export type CreatePaymentOptions = {
  createPayments: (requests: readonly PaymentRequest[]) => Promise<readonly Outcome[]>
  addresses: Pick<PaymentAddresses, 'isKnown' | 'isVerified'>
  /** What is accepted on chains. */
  assets: readonly Asset[]
  /** Failures of the database, which say nothing about a request. */
  isTransient: (error: unknown) => boolean
  /** Most payments that are made in one transaction. */
  groupMax?: number
  /** Transactions that are under way at the same time, at most. Default: 1. */
  groupsAtOnce?: number
}

/**
 * Makes one payment, and answers it once it is durable; requests that come at the same time share a
 * transaction. The same request under the same key answers the same payment, as it was made. Throws
 * {@link PaymentAssetError}, {@link PaymentCardError}, {@link ForwardersUnverifiedError},
 * {@link MerchantUnknownError}, {@link IdempotencyKeyReusedError}, {@link OrderTermsError} and
 * {@link OrderClosedError}.
 */
export function createPayment(options: CreatePaymentOptions) {
  const { createPayments, addresses, assets, isTransient } = options
  const { groupMax = 500, groupsAtOnce = 1 } = options
  const accepted = new Map(assets.map((asset) => [asset.id, asset]))
  const groups = { sizeMax: groupMax, atOnceMax: groupsAtOnce, isOutage: isTransient }
  const create = inGroups({ handle: createPayments, ...groups })
  return async (request: PaymentRequest): Promise<Payment> => {
    const problem = problemOf(request, accepted, addresses)
    if (problem !== undefined) throw new PaymentAssetError(request.asset, problem)
    const misfit = problemOfCard(request)
    if (misfit !== undefined) throw new PaymentCardError(misfit)
    requireVerified(request, addresses)
    const outcome = await create(request)
    if ('refusal' in outcome) throw REFUSALS[outcome.refusal](request)
    return outcome.payment
  }
}

function problemOf(
  { asset, channel }: PaymentRequest,
  accepted: ReadonlyMap<AssetId, Asset>,
  addresses: Pick<PaymentAddresses, 'isKnown'>,
): string | undefined {
  if (channel === 'sandbox') {
    return isCurrency(asset) ? undefined : 'The sandbox takes currencies: "sandbox:1/iso4217:USD".'
  }
  const known = accepted.get(asset)
  if (known === undefined || known.halted) {
    return `Accepted are ${[...accepted.values()].filter(isUsable).map(({ id }) => id)}.`
  }
  if (addresses.isKnown(chainOfAsset(asset))) return undefined
  return 'This installation has no addresses to be paid at on its chain: it is without XPUB.'
}

/** What is paid to an address that leads elsewhere is lost, so none is handed out unseen. */
function requireVerified(
  { asset, channel }: PaymentRequest,
  addresses: Pick<PaymentAddresses, 'isVerified'>,
): void {
  if (channel === 'sandbox') return
  const chain = chainOfAsset(asset)
  if (!addresses.isVerified(chain)) throw new ForwardersUnverifiedError(chain)
}

function problemOfCard({ channel, card }: PaymentRequest): string | undefined {
  if (channel === 'sandbox') {
    return card === undefined ? 'Name the card to charge, for example "tok_succeed".' : undefined
  }
  return card === undefined ? undefined : 'What is paid on chain charges no card: omit it.'
}

const isUsable = ({ halted }: Asset): boolean => halted !== true

const REFUSALS: Readonly<Record<Refusal, (request: PaymentRequest) => AppError>> = {
  'merchant-unknown': ({ merchantId }) => new MerchantUnknownError(merchantId),
  'key-reused': ({ key }) => new IdempotencyKeyReusedError(key),
  'order-terms': ({ reference }) => new OrderTermsError(reference),
  'order-closed': ({ reference }) => new OrderClosedError(reference),
}

/** What is asked for can't be paid in this way. */
export class PaymentAssetError extends AppError {
  readonly code = 'PAYMENT_ASSET'

  constructor(asset: string, problem: string) {
    super(`No payment can be made in ${JSON.stringify(asset)}. ${problem}`, {
      retry: 'never',
      details: { asset },
    })
  }
}

/** A channel needs a card, and a chain has none. */
export class PaymentCardError extends AppError {
  readonly code = 'PAYMENT_CARD'

  constructor(problem: string) {
    super(`No payment can be made so. ${problem}`, { retry: 'never' })
  }
}

/** Nobody could look so far whether addresses of a chain lead to the hot wallet. */
export class ForwardersUnverifiedError extends AppError {
  readonly code = 'FORWARDERS_UNVERIFIED'

  constructor(chain: string) {
    super(
      `No address on ${chain} is handed out now: its node could not be asked so far whether they ` +
        'lead to the hot wallet. It is asked again and again; repeat the request in some seconds.',
      { retry: 'retry', details: { chain } },
    )
  }
}

export class OrderTermsError extends AppError {
  readonly code = 'ORDER_TERMS'

  constructor(reference: string) {
    super(
      `The order ${JSON.stringify(reference)} is of another asset or amount. Expected the same, ` +
        'or another reference for another order.',
      { retry: 'never', details: { reference } },
    )
  }
}

export class OrderClosedError extends AppError {
  readonly code = 'ORDER_CLOSED'

  constructor(reference: string) {
    super(
      `The order ${JSON.stringify(reference)} is paid or cancelled, so it gets no more payments.`,
      { retry: 'never', details: { reference } },
    )
  }
}
