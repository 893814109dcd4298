import type { Mutation } from './mutation.ts'

const payments = 'libs/payments/src'
const refundTests = [`${payments}/usecases/request-refund.integration.test.ts`]
const chargeTests = [`${payments}/usecases/apply-charge-reports.integration.test.ts`]
const channelTests = [`${payments}/card-channel.integration.test.ts`]

/** Bugs in what goes back of payments, and in how cards are charged. */
export const refundMutations: readonly Mutation[] = [
  {
    name: 'refunds of one payment may exceed it',
    file: 'libs/ledger/src/domain/refund-transactions.ts',
    find: "account(paymentId, 'payment.refundable'), amount: ofMerchant }",
    replace: "account(paymentId, 'owner.receivable'), amount: ofMerchant }",
    tests: [...refundTests, 'libs/ledger/src/domain/refund-transactions.test.ts'],
  },
  {
    name: 'what was given back of a payment still pays it',
    file: `${payments}/domain/payment.ts`,
    find: 'const kept = returned.reduce((sum, { amount }) => sum - amount, received)',
    replace: 'const kept = received',
    tests: refundTests,
  },
  {
    name: 'a refund that failed counts as given back',
    file: `${payments}/adapters/postgres-payment-rooms.ts`,
    find: "notInArray(refunds.status, ['failed', 'refused'])",
    replace: "notInArray(refunds.status, ['refused'])",
    tests: refundTests,
  },
  {
    name: 'a refund that was refused is granted when it is asked for again',
    file: `${payments}/usecases/request-refunds.ts`,
    find: 'isPayable && !known[place]',
    replace: "isPayable && (!known[place] || known[place].status === 'refused')",
    tests: refundTests,
  },
  {
    name: 'of refunds that are asked for at once none sees the one before',
    file: `${payments}/usecases/request-refunds.ts`,
    find: 'if (rounds[round]) rounds[round].push(each)',
    replace: 'if (rounds[0]) rounds[0].push(each)',
    tests: refundTests,
  },
  {
    name: 'a refund that is asked for too early is refused for ever',
    file: `${payments}/usecases/request-refunds.ts`,
    find: 'if (before + amount - excess <= payment.amount)',
    replace: 'if (before + amount - excess < 0n)',
    tests: refundTests,
  },
  {
    name: 'a refund is paid to an address of ours',
    file: `${payments}/adapters/postgres-destinations.ts`,
    find: 'return ours.has(address)',
    replace: 'return ours.size > 1',
    tests: refundTests,
  },
  {
    name: 'a card is charged again while it is not known what became of it',
    file: `${payments}/usecases/charge-payment.ts`,
    find: "const isNew = known === undefined || known.outcome === 'absent'",
    replace: "const isNew = known === undefined || known.outcome !== 'known'",
    tests: channelTests,
  },
  {
    name: 'two who come for one charge both have it charged',
    file: `${payments}/usecases/begin-charges.ts`,
    find: 'left.delete(id)',
    replace: 'left.has(id)',
    tests: channelTests,
  },
  {
    name: 'a channel is asked about a charge before it is time',
    file: `${payments}/usecases/begin-charges.ts`,
    find: ' && lookAt !== undefined && lookAt <= at',
    replace: '',
    tests: channelTests,
  },
  {
    name: 'of what is told of a charge at once only the end is announced',
    file: `${payments}/usecases/apply-charge-reports.ts`,
    find: 'before.set(orderId, round + 1)',
    replace: 'before.set(orderId, 0)',
    tests: chargeTests,
  },
  {
    name: 'the books are not told what a card was charged',
    file: `${payments}/usecases/apply-charge-reports.ts`,
    find: '  await room.announce(moved.map((told) => movementOf(told, at)))\n',
    replace: '',
    tests: chargeTests,
  },
  {
    name: 'what was charged back is still owed by its channel',
    file: 'libs/ledger/src/usecases/book-payments.ts',
    find: "  event.type === 'charge.reversed' ||\n",
    replace: '',
    tests: chargeTests,
  },
  {
    name: 'nobody is told of a second payment for an order',
    file: `${payments}/domain/payment-change.ts`,
    find: "  if (after.status === 'duplicate') return [paymentDuplicated(after, told)]\n",
    replace: '',
    tests: chargeTests,
  },
  {
    name: 'a refund that the books are too late for is refused for good',
    file: `${payments}/usecases/request-refunds.ts`,
    find: '  if (amount === excess) throw new RefundTooEarlyError(paymentId)\n',
    replace: '',
    tests: [`${payments}/card-channel.integration.test.ts`],
  },
  {
    name: 'what a channel tells late sets a charge back',
    file: `${payments}/domain/charge.ts`,
    find: 'if (ORDER.indexOf(told) <= ORDER.indexOf(before)) return []',
    replace: 'if (told === before) return []',
    tests: [`${payments}/domain/charge.test.ts`, ...chargeTests],
  },
  {
    name: 'a charge back of which is told before the charge leaves no trace',
    file: `${payments}/domain/charge.ts`,
    find: "told === 'charged_back' && before !== 'succeeded' ? ['succeeded', told] : [told]",
    replace: '[told]',
    tests: chargeTests,
  },
  {
    name: 'anybody may tell that a card was charged',
    file: `${payments}/adapters/sandbox-callbacks.ts`,
    find: 'verified = webhook.verify(body, { ...headers })',
    replace: 'verified = webhook === undefined ? headers : JSON.parse(body)',
    tests: channelTests,
  },
  {
    name: 'a line of a statement is told of whenever its day is read',
    file: `${payments}/adapters/postgres-statements.ts`,
    find: 'lines.filter(({ line }) => line > told)',
    replace: 'lines.filter(({ line }) => line > 0)',
    tests: channelTests,
  },
]
