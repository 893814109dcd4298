import { eventMessage, type Message } from '@coffer/events/event'
import type { AssetId } from '@coffer/money/asset'
import type { Channel } from './payment.ts'

/** Money that a channel has taken for a payment, or has taken back. */
export type Movement = {
  paymentId: string
  merchantId: string
  channel: Channel
  /** The channel's name for the charge. */
  chargeId: string
  asset: AssetId
  amount: bigint
}

/** Of a payment there is one charge, so its id names the event. */
export const chargeSucceeded = (movement: Movement, movedAt: Date, at: Date): Message =>
  eventMessage({
    ...ofCharge(movement, 'succeeded', at),
    type: 'charge.succeeded',
    data: { ...factsOf(movement), movedAt: movedAt.toISOString() },
  })

export const chargeReversed = (movement: Movement, at: Date): Message =>
  eventMessage({
    ...ofCharge(movement, 'reversed', at),
    type: 'charge.reversed',
    data: { ...factsOf(movement), reversedAt: at.toISOString() },
  })

const ofCharge = ({ paymentId, merchantId }: Movement, what: string, at: Date) => ({
  id: `charge:${paymentId}:${what}`,
  source: 'coffer/payments',
  time: at.toISOString(),
  key: merchantId,
})

const factsOf = ({ amount, ...movement }: Movement) => ({ ...movement, amount: `${amount}` })
