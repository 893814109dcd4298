import type { TransactionDraft } from '../domain/transaction.ts'
import { bookDeposits } from '../usecases/book-deposits.ts'
import { bookPayments } from '../usecases/book-payments.ts'
import { memoryUnitOfWork } from './memory-unit-of-work.ts'
import { ETH } from './sample-events.ts'
import { MERCHANT, paymentId, reservation, type SampleRefund } from './sample-payments.ts'

export const samplePayment = { number: 1, amount: 100n, fee: 3n }
export const sampleDeposit = { number: 1, owner: paymentId(1), amount: 100n }
export const sampleRefund = { of: 1, number: 1, amount: 40n }

/** What the books say once {@link samplePayment} and its deposit are booked. */
export const PAID = {
  custody: 100n,
  fees: -3n,
  'merchant.pending of merchant': -97n,
  'payment.refundable of payment': -100n,
  'refundable.contra': 100n,
}

/** Books in memory, of one merchant and the first payment. */
export function paymentBooks() {
  const { unitOfWork, contents } = memoryUnitOfWork()
  const names = new Map([
    ['system', ''],
    [MERCHANT, ' of merchant'],
    [paymentId(1), ' of payment'],
  ])
  return {
    deposits: bookDeposits({ unitOfWork }),
    payments: bookPayments({ unitOfWork }),
    post: (...drafts: TransactionDraft[]) => unitOfWork(({ post }) => post(drafts)),
    /** Reserves refunds. */
    reserve: (...refunds: SampleRefund[]) =>
      unitOfWork(({ post }) => post(refunds.map(reservation))),
    contents,
    /** Debits − credits of each account that is not empty. */
    balances: () =>
      Object.fromEntries(
        [...contents().accounts].flatMap(([key, { debitsPosted, creditsPosted }]) => {
          const [code, , owner = ''] = key.split(' ')
          const balance = debitsPosted - creditsPosted
          return balance === 0n ? [] : [[`${code}${names.get(owner)}`, balance]]
        }),
      ),
  }
}

/** What of the merchant's is settled and withdrawn. */
export function settledAndSpent(amount: bigint): TransactionDraft[] {
  const account = (owner: string, code: 'merchant.pending' | 'owner.available' | 'custody') => ({
    account: { owner, code, asset: ETH },
  })
  const transaction = { code: 'test', owner: MERCHANT, eventAt: new Date(0) }
  return [
    {
      ...transaction,
      reference: 'settled',
      entries: [
        { ...account(MERCHANT, 'merchant.pending'), amount },
        { ...account(MERCHANT, 'owner.available'), amount: -amount },
      ],
    },
    {
      ...transaction,
      reference: 'spent',
      entries: [
        { ...account(MERCHANT, 'owner.available'), amount },
        { ...account('system', 'custody'), amount: -amount },
      ],
    },
  ]
}
