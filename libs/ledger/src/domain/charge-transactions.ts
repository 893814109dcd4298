import type { ChargeReversed, ChargeSucceeded } from '@coffer/events/payment-events'
import { SYSTEM } from './chart-of-accounts.ts'
import { accountsIn } from './payment-entries.ts'
import type { TransactionDraft } from './transaction.ts'

type Charge = { paymentId: string; kind: 'succeeded' | 'reversed' }

/** Of a payment there is one charge. */
const chargeReference = ({ paymentId, kind }: Charge): string => `charge:${paymentId}:${kind}`

/**
 * Books money that a channel took: the channel owes it to us, and it lies with its payment, as what
 * is deposited at a payment's address does. Who earns it is another event's to say.
 */
export function chargeCredit(charge: ChargeSucceeded): TransactionDraft {
  const { paymentId, merchantId, asset, amount, movedAt } = charge
  const account = accountsIn(asset)
  return {
    reference: chargeReference({ paymentId, kind: 'succeeded' }),
    code: 'charge.credit',
    owner: merchantId,
    eventAt: new Date(movedAt),
    entries: [
      { account: account(SYSTEM, 'channel.receivable'), amount },
      {
        account: account(paymentId, 'owner.available'),
        amount: -amount,
        offsets: account(paymentId, 'owner.receivable'),
      },
    ],
  }
}

/** Takes it back. What does not lie with the payment any more becomes what the payment owes us. */
export function chargeReversal(charge: ChargeReversed): TransactionDraft {
  const { paymentId, merchantId, asset, amount, reversedAt } = charge
  const account = accountsIn(asset)
  return {
    reference: chargeReference({ paymentId, kind: 'reversed' }),
    code: 'charge.reversal',
    owner: merchantId,
    eventAt: new Date(reversedAt),
    entries: [
      {
        account: account(paymentId, 'owner.available'),
        amount,
        shortfall: account(paymentId, 'owner.receivable'),
      },
      { account: account(SYSTEM, 'channel.receivable'), amount: -amount },
    ],
    reverses: chargeReference({ paymentId, kind: 'succeeded' }),
  }
}
