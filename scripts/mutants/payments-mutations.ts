import type { Mutation } from './mutation.ts'

const payments = 'libs/payments/src'
const creationTests = [`${payments}/usecases/create-payments.integration.test.ts`]
const depositTests = [`${payments}/usecases/apply-deposits.integration.test.ts`]

/** Bugs in how payments are made, judged and ended. */
export const paymentsMutations: readonly Mutation[] = [
  {
    name: 'a key answers whatever was asked for under it first',
    file: `${payments}/domain/decide-payments.ts`,
    find: "before.hash === hash ? outcomeOf(before) : { refusal: 'key-reused' }",
    replace: 'outcomeOf(before)',
    tests: creationTests,
  },
  {
    name: 'requests that come at once do not see what each other makes',
    file: `${payments}/domain/decide-payments.ts`,
    find: 'keys.set(ofMerchant(merchantId, key), now)',
    replace: '',
    tests: [`${payments}/domain/decide-payments.test.ts`],
  },
  {
    name: 'two processes that make the same order fail instead of trying again',
    file: `${payments}/adapters/postgres-creation-rooms.ts`,
    find: "code === '23505'",
    replace: "code === '00000'",
    tests: creationTests,
  },
  {
    name: 'requests whose orders are there already make them once more',
    file: `${payments}/adapters/postgres-creation-rooms.ts`,
    find: 'if (isTaken(error)) return { allot }',
    replace: '',
    tests: creationTests,
  },
  {
    name: 'a payment is of no tenant, whose merchant has one',
    file: 'libs/wallets/src/adapters/postgres-payment-addresses.ts',
    find: "select made.id, 'payment', merchant.tenant",
    replace: "select made.id, 'payment', null::uuid",
    tests: creationTests,
  },
  {
    name: 'a second payment of a paid order is applied too',
    file: `${payments}/domain/change-order.ts`,
    find: 'const isDuplicate = judged !== payer && hasSucceeded(judged.standing)',
    replace: 'const isDuplicate = judged.standing === undefined',
    tests: depositTests,
  },
  {
    name: 'what was paid first takes an order from the payment that it was paid by',
    file: `${payments}/domain/change-order.ts`,
    find: 'paid.find(({ file }) => hasSucceeded(file.payment)) ?? first',
    replace: 'first',
    tests: [`${payments}/domain/change-order.test.ts`],
  },
  {
    name: 'what comes for a cancelled order counts as paid in time',
    file: `${payments}/domain/payment.ts`,
    find: 'cancelledAt !== undefined && paidAt > cancelledAt',
    replace: 'cancelledAt !== undefined && paidAt < cancelledAt',
    tests: depositTests,
  },
  {
    name: 'a payment expires while blocks that were mined in time are not final',
    file: `${payments}/jobs.ts`,
    find: 'const { calendar, expirePayments, graceMs, ...rest } = options',
    replace:
      'const { calendar, expirePayments, graceMs: late, ...rest } = options\n' +
      '  const graceMs = late * 0',
    tests: [`${payments}/jobs.integration.test.ts`],
  },
  {
    name: 'an address is not the one that the contract flushes',
    file: 'libs/wallets/src/adapters/forwarder-addresses.ts',
    find: 'input.writeUInt8(0xff)',
    replace: 'input.writeUInt8(0xfe)',
    tests: ['contracts/forwarders.integration.test.ts'],
  },
  {
    name: 'what was charged back looks as if nothing had come in',
    file: `${payments}/domain/payment.ts`,
    find: "if (isChargedBack) return { status: 'charged_back', received }",
    replace: '',
    tests: [`${payments}/domain/payment.test.ts`],
  },
  {
    name: 'a deposit that a reorg took back counts as charged back',
    file: `${payments}/adapters/postgres-payment-rooms.ts`,
    find: "isReversed && id.startsWith('charge:')",
    replace: 'isReversed && id.length > 0',
    tests: depositTests,
  },
  {
    name: 'addresses are allotted once more for what is known already',
    file: `${payments}/adapters/postgres-creation-rooms.ts`,
    find: 'return { allot: async () => allotted }',
    replace: 'return { allot }',
    tests: creationTests,
  },
]
