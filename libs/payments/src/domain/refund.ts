import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import { type Channel, hasSucceeded, type PaymentStatus, type Receipt } from './payment.ts'

export type RefundStatus =
  /** What it takes is reserved. */
  | 'requested'
  /** Its channel or the chain was asked to pay it. */
  | 'processing'
  | 'succeeded'
  | 'failed'
  /** It was more than could be refunded: nothing was reserved. */
  | 'refused'

/** Money that goes back to the payer of a payment. */
export type Refund = {
  id: string
  paymentId: string
  orderId: string
  merchantId: string
  channel: Channel
  asset: AssetId
  amount: bigint
  /** What of it came in beyond what was asked for, or was never applied. */
  excess: bigint
  /** Where it is paid on chain. */
  to?: Address | undefined
  /** Why the merchant gives it back. */
  reason?: string | undefined
  status: RefundStatus
  /** Why it failed or was refused. */
  failure?: string | undefined
  txHash?: `0x${string}` | undefined
  createdAt: Date
  endedAt?: Date | undefined
}

/** Whether nothing more becomes of it. */
export const isEnded = ({ status }: Pick<Refund, 'status'>): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'refused'

/** What of a payment is not applied, and so can be given back without asking the merchant. */
export function notApplied(
  payment: { status: PaymentStatus; amount: bigint },
  { receipts, returned }: { receipts: readonly Receipt[]; returned: readonly { amount: bigint }[] },
): bigint {
  const sum = (amounts: readonly { amount: bigint }[]) =>
    amounts.reduce((total, { amount }) => total + amount, 0n)
  const kept = sum(receipts) - sum(returned)
  const left = hasSucceeded(payment) ? kept - payment.amount : kept
  return left > 0n ? left : 0n
}

/** What a channel says of a refund. */
export type RefundReport = {
  /** The refund. */
  reference: string
  status: 'pending' | 'succeeded' | 'failed'
  reason?: string | undefined
}
