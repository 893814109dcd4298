import fc from 'fast-check'
import { expect, test } from 'vitest'
import { paymentBooks } from '../testing/payment-books.ts'
import { confirmed, reversed } from '../testing/sample-events.ts'
import {
  chargeReversed,
  chargeSucceeded,
  paymentId,
  paymentSucceeded,
  paymentTakenBack,
  refundFailed,
  refundSucceeded,
  type SamplePayment,
  type SampleRefund,
} from '../testing/sample-payments.ts'

/**
 * Goal: what came in, what was paid and what was refunded come to the same balances, whichever is
 * told first and how often. Method: a history has a few payments, each two chains of steps, of what
 * moved on the chain or by card and of what the payment service says; they are merged by chance,
 * with repeats, and what the books then say is added up a second time from what happened in the
 * end.
 */

type Books = ReturnType<typeof paymentBooks>
type Step = (books: Books) => Promise<unknown>

const refunds = fc.array(
  fc.record({
    share: fc.bigInt({ min: 1n, max: 50n }),
    fate: fc.constantFrom('succeeds' as const, 'fails' as const, 'waits' as const),
    /** Whether it ends only after the payment's first success was taken back. */
    isLate: fc.boolean(),
  }),
  { maxLength: 2 },
)

const payments = fc.array(
  fc.record({
    channel: fc.constantFrom('onchain' as const, 'onchain' as const, 'sandbox' as const),
    amount: fc.bigInt({ min: 2n, max: 1_000n }),
    feeShare: fc.bigInt({ min: 0n, max: 100n }),
    excess: fc.bigInt({ min: 0n, max: 5n }),
    successes: fc.integer({ min: 1, max: 2 }),
    /** Whether the last success was taken back too. */
    isTakenBack: fc.boolean(),
    refunds,
  }),
  { minLength: 1, maxLength: 3 },
)

type Happened = {
  payment: SamplePayment
  excess: bigint
  successes: number
  isTakenBack: boolean
  refunds: readonly (SampleRefund & { fate: 'succeeds' | 'fails' | 'waits'; isLate: boolean })[]
}

type Drawn = typeof payments extends fc.Arbitrary<infer Each> ? Each : never

const happened = (drawn: Drawn): Happened[] =>
  drawn.map(({ channel, amount, feeShare, refunds, successes, ...rest }, number) => ({
    ...rest,
    // What a card was charged is taken back once and for all.
    successes: channel === 'onchain' ? successes : 1,
    payment: { number, channel, amount, fee: (amount * feeShare) / 100n },
    refunds: refunds.map(({ share, ...fate }, place) => {
      const part = (amount * share) / 100n
      return { ...fate, of: number, number: 10 * number + place, channel, amount: part || 1n }
    }),
  }))

/** What is told of a payment on either side, each in the order in which it happened. */
function chainsOf({ payment, excess, successes, isTakenBack, refunds }: Happened): Step[][] {
  const moved: Step[] = []
  const told: Step[] = []
  const { number, channel, amount } = payment
  const received = amount + excess
  const deposit = { owner: paymentId(number), number, amount: received }
  for (let success = 1; success <= successes; success += 1) {
    const event = { ...payment, received, success }
    const isOver = success < successes || isTakenBack
    const revised = { ...deposit, revision: success }
    const [comes, goes]: [Step, Step] =
      channel === 'onchain'
        ? [
            (books) => books.deposits([confirmed(revised)]),
            (books) => books.deposits([reversed(revised)]),
          ]
        : [
            (books) => books.payments([chargeSucceeded(event)]),
            (books) => books.payments([chargeReversed(event)]),
          ]
    moved.push(comes)
    if (isOver) moved.push(goes)
    told.push((books) => books.payments([paymentSucceeded(event)]))
    if (success === 1) {
      for (const refund of refunds) told.push((books) => books.reserve(refund))
      told.push(...endsOf(refunds.filter(({ isLate }) => !isLate)))
    }
    if (isOver) told.push((books) => books.payments([paymentTakenBack(event)]))
    if (success === 1) told.push(...endsOf(refunds.filter(({ isLate }) => isLate)))
  }
  return [moved, told]
}

const endsOf = (refunds: Happened['refunds']): Step[] =>
  refunds.flatMap(({ fate, ...refund }) => {
    if (fate === 'waits') return []
    const end = fate === 'succeeds' ? refundSucceeded : refundFailed
    return [(books: Books) => books.payments([end(refund)])]
  })

/** What the books must say, from what happened in the end. */
function expected(histories: readonly Happened[]) {
  const sum = (each: (history: Happened) => bigint) =>
    histories.reduce((total, history) => total + each(history), 0n)
  const standing = ({ isTakenBack }: Happened) => (isTakenBack ? 0n : 1n)
  const refunded = ({ refunds }: Happened, ...fates: string[]) =>
    refunds.reduce((total, { fate, amount }) => total + (fates.includes(fate) ? amount : 0n), 0n)
  const isOn = (channel: string) => (history: Happened) =>
    history.payment.channel === channel ? 1n : 0n
  const arrived = (history: Happened, channel: string) =>
    isOn(channel)(history) *
    (standing(history) * (history.payment.amount + history.excess) - refunded(history, 'succeeds'))
  return {
    custody: sum((history) => arrived(history, 'onchain')),
    channel: sum((history) => arrived(history, 'sandbox')),
    fees: -sum((history) => standing(history) * (history.payment.fee ?? 0n)),
    merchant: -sum((history) => {
      const { amount, fee = 0n } = history.payment
      return standing(history) * (amount - fee) - refunded(history, 'succeeds', 'waits')
    }),
    clearing: -sum((history) => standing(history) * history.excess),
    payable: -sum((history) => refunded(history, 'waits')),
    refundable: histories.map(
      (history) =>
        refunded(history, 'succeeds', 'waits') - standing(history) * history.payment.amount,
    ),
  }
}

/** What they say. */
function told({ contents }: Books, histories: readonly Happened[]) {
  const sum = (...codes: string[]) =>
    contents()
      .accounts.entries()
      .filter(([key]) => codes.some((code) => key.startsWith(`${code} `)))
      .reduce((total, [, state]) => total + state.debitsPosted - state.creditsPosted, 0n)
  const ofMerchant = sum('merchant.pending', 'owner.available', 'owner.receivable')
  const ofPayments = (histories: readonly Happened[], ...codes: string[]) =>
    contents()
      .accounts.entries()
      .filter(([key]) => codes.some((code) => key.startsWith(`${code} `)))
      .filter(([key]) => histories.some(({ payment }) => key.endsWith(paymentId(payment.number))))
      .reduce((total, [, state]) => total + state.debitsPosted - state.creditsPosted, 0n)
  const clearing = ofPayments(histories, 'owner.available', 'owner.receivable')
  return {
    custody: sum('custody'),
    channel: sum('channel.receivable'),
    fees: sum('fees'),
    merchant: ofMerchant - clearing,
    clearing,
    payable: sum('refund.payable'),
    refundable: histories.map((each) =>
      ofPayments([each], 'payment.refundable', 'refundable.debt'),
    ),
  }
}

/** Nobody has something and owes something of the same at the same time. */
function bothSides({ contents }: Books): string[] {
  const owed = contents()
    .accounts.entries()
    .filter(([, state]) => state.debitsPosted > state.creditsPosted)
    .filter(([key]) => key.startsWith('owner.receivable ') || key.startsWith('refundable.debt '))
    .map(([key]) => key.split(' ').slice(1).join(' '))
    .toArray()
  return contents()
    .accounts.entries()
    .filter(([, state]) => state.creditsPosted > state.debitsPosted)
    .filter(([key]) => /^(owner\.available|merchant\.pending|payment\.refundable) /.test(key))
    .map(([key]) => key)
    .filter((key) => !key.startsWith('payment.refundable') && owed.some((of) => key.endsWith(of)))
    .toArray()
}

const turns = fc.array(fc.nat(1_000), { minLength: 60, maxLength: 60 })

test('comes to the same balances, whatever is told first and how often', async () => {
  const property = fc.asyncProperty(payments, turns, async (drawn, choices) => {
    const histories = happened(drawn)
    const books = paymentBooks()
    const chains = histories.flatMap(chainsOf)
    const done: Step[] = []
    for (const choice of choices) {
      const [chain] = chains.filter(({ length }) => length > 0).slice(choice % 5)
      const repeated = done[choice % 31]
      const step = repeated ?? chain?.shift()
      if (step === undefined) continue
      await step(books)
      if (step !== repeated) done.push(step)
    }
    for (const step of chains.flat()) await step(books)

    expect(told(books, histories)).toEqual(expected(histories))
    expect(bothSides(books)).toEqual([])
    expect(unbalanced(books)).toEqual([])
  })
  await fc.assert(property, { numRuns: 300 })
})

const unbalanced = ({ contents }: Books): string[] =>
  [...contents().transactions.values()]
    .filter(({ entries }) => {
      const assets = new Set(entries.map(({ account }) => account.asset))
      return entries.reduce((sum, { amount }) => sum + amount, 0n) !== 0n || assets.size !== 1
    })
    .map(({ reference }) => reference)
