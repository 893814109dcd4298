import { randomUUIDv7 } from 'node:crypto'
import { chainOfAsset } from '@coffer/money/asset'
import type { PaymentAddresses } from '@coffer/wallets/payment-addresses'
import {
  type Allotment,
  decidePayments,
  type Outcome,
  type PaymentRequest,
} from '../domain/decide-payments.ts'
import { paymentCreated } from '../domain/payment-messages.ts'
import type { CreationRooms } from '../ports.ts'

export type CreatePaymentsOptions = {
  rooms: CreationRooms
  addresses: Pick<PaymentAddresses, 'reserve'>
  now: () => Date
}

/**
 * Makes payments as `requests` ask for, with their orders and addresses, and owes the announcement:
 * all or nothing, by a few statements that are the same however many they are. Answers what became
 * of each.
 */
export const createPayments =
  ({ rooms, addresses, now }: CreatePaymentsOptions) =>
  (requests: readonly PaymentRequest[]): Promise<readonly Outcome[]> => {
    const ids = requests.map(() => ({ paymentId: randomUUIDv7(), orderId: randomUUIDv7() }))
    const wanted = requests.flatMap(({ channel, asset }, place) => {
      const owner = ids[place]?.paymentId ?? ''
      return channel === 'onchain' ? [{ owner, chain: chainOfAsset(asset) }] : []
    })
    return rooms({
      requests,
      allot: () => addresses.reserve(wanted),
      decide(known, reserved) {
        const addressOf = new Map(reserved.map((each) => [each.owner, each]))
        const allotments = ids.map(
          (each): Allotment => ({ ...each, address: addressOf.get(each.paymentId)?.address }),
        )
        const decided = decidePayments(requests, known, { allotments, at: now() })
        const { outcomes, made, answered } = decided
        const creation = {
          ...{ made, answered },
          addresses: made.flatMap(({ payment }) => addressOf.get(payment.id) ?? []),
          messages: made.flatMap(({ payment, ...rest }) => paymentCreated(payment, rest)),
        }
        return { result: outcomes, creation }
      },
    })
  }
