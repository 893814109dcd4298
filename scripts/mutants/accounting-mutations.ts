import type { Mutation } from './mutation.ts'

const payments = 'libs/ledger/src/domain/payment-transactions.ts'
const entries = 'libs/ledger/src/domain/payment-entries.ts'
const refunds = 'libs/ledger/src/domain/refund-transactions.ts'
const histories = ['libs/ledger/src/usecases/payment-histories.test.ts']
const refundTests = ['libs/ledger/src/usecases/book-refunds.test.ts']
const bookTests = ['libs/ledger/src/usecases/book-payments.integration.test.ts']

/** Bugs in what is booked of payments and refunds. */
export const accountingMutations: readonly Mutation[] = [
  {
    name: 'a deposit is credited though its payment was booked from it before',
    file: 'libs/ledger/src/domain/deposit-transactions.ts',
    find: "        offsets: ownerAccount(deposit, 'owner.receivable'),\n",
    replace: '',
    tests: histories,
  },
  {
    name: 'a debt that somebody has just made is not looked for',
    file: 'libs/ledger/src/adapters/post-transactions.ts',
    find: 'lockDebts(tx, debtsOf(drafts), locked)',
    replace: 'lockDebts(tx, [], locked)',
    tests: bookTests,
  },
  {
    name: 'a credit pays more than is owed',
    file: 'libs/ledger/src/domain/split-entry.ts',
    find: 'const part = least(rest, owedOn(stateOf(debt)))',
    replace: 'const part = rest',
    tests: histories,
  },
  {
    name: 'a second success of a payment is taken for the first',
    file: payments,
    find: "success === 1 ? '' : `#${success}`",
    replace: "success > 0 ? '' : `#${success}`",
    tests: histories,
  },
  {
    name: 'what was refunded before a reorg can be refunded once more after it',
    file: entries,
    find: "      offsets: account(paymentId, 'refundable.debt'),\n",
    replace: '',
    tests: histories,
  },
  {
    name: 'a refund that has arrived is given back to the merchant',
    file: refunds,
    find: '    unless: paidAs(refund),\n',
    replace: '',
    tests: refundTests,
  },
  {
    name: 'a merchant may refund more than is left of a payment',
    file: refunds,
    find: "some({ account: account(paymentId, 'payment.refundable'), amount: ofMerchant })",
    replace: "some({ account: account(paymentId, 'refundable.debt'), amount: ofMerchant })",
    tests: refundTests,
  },
]
