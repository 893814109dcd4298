import type { AssetId } from '@coffer/money/asset'

/** A payment as the API answered it when it was asked for, and what the test knows beside that. */
export type KnownPayment = {
  id: string
  order: string
  merchant: string
  asset: AssetId
  amount: bigint
  fee: bigint
  /** In lower case. */
  address: string | undefined
  /** What is charged, where it is not paid on chain. */
  card: string | undefined
  cancelledAt: Date | undefined
  expiresAt: Date
}

/** Something that reached a payment, as the chain or the statements of the channel have it. */
export type Arrival = { payment: string; amount: bigint; at: Date }

export type Outside = {
  arrivals: readonly Arrival[]
  /** Payments of which the holder of the card took the money back. */
  takenBack: ReadonlySet<string>
}

export type Word = 'created' | 'succeeded' | 'failed' | 'expired'

/** What must be said of a payment. */
export type Expected = {
  status: string
  received: bigint
  /** What came in and was not given back as never applied. */
  kept: bigint
  isPaid: boolean
  /** What was announced of it last. */
  word: Word
}

export type StandingsInputs = {
  payments: readonly KnownPayment[]
  outside: Outside
  /** By payment: what was given back of it as never applied. */
  returned: ReadonlyMap<string, bigint>
  /** Payer by order, as it was before; it is brought up to date. */
  payers: Map<string, string>
  /** Which of several charges of one order is said to have been heard of first. */
  shownPayers: ReadonlySet<string>
  before: ReadonlyMap<string, Expected>
  at: Date
}

/** What must be said of each payment, once whatever happened outside has been heard of. */
export function standingsOf(inputs: StandingsInputs): Map<string, Expected> {
  const { payments, outside, returned, payers, shownPayers, before, at } = inputs
  const { takenBack, arrivals } = outside
  const byPayment = Map.groupBy(arrivals, ({ payment }) => payment)
  const sums = new Map(
    payments.map(({ id }) => {
      const received = sumOf(byPayment.get(id) ?? [])
      return [id, { received, kept: received - (returned.get(id) ?? 0n) }] as const
    }),
  )
  const isWhole = ({ id, amount }: KnownPayment) => (sums.get(id)?.kept ?? 0n) >= amount
  for (const [order, own] of Map.groupBy(payments, (payment) => payment.order)) {
    const whole = own.filter(isWhole)
    const known = whole.find(({ id }) => payers.get(order) === id)
    const shown = whole.find(({ id, card }) => card !== undefined && shownPayers.has(id))
    const payer = known ?? shown ?? whole[0]
    // Of two that came at once it is not known so far: then neither has paid.
    const isOpen = whole.length > 1 && payer?.card !== undefined && !known && !shown
    if (payer === undefined || isOpen) payers.delete(order)
    else payers.set(order, payer.id)
  }
  return new Map(
    payments.map((payment) => {
      const { id } = payment
      const { received, kept } = sums.get(id) ?? { received: 0n, kept: 0n }
      const isPaid = payers.get(payment.order) === id
      const own = byPayment.get(id) ?? []
      const status = isPaid
        ? paidAs(payment, kept, own)
        : unpaidAs(payment, kept, { takenBack, at })
      const word = wordOf(status, { isPaid, last: before.get(id), isTakenBack: takenBack.has(id) })
      return [id, { status, received, kept, isPaid, word }]
    }),
  )
}

type Told = { isPaid: boolean; last: Expected | undefined; isTakenBack: boolean }

function wordOf(status: string, { isPaid, last, isTakenBack }: Told): Word {
  if (isPaid) return 'succeeded'
  if (status === 'failed' || last?.isPaid || isTakenBack) return 'failed'
  if (status === 'expired' && last?.status !== 'expired') return 'expired'
  return last?.word ?? 'created'
}

function paidAs(payment: KnownPayment, kept: bigint, arrivals: readonly Arrival[]): string {
  const { amount, cancelledAt, expiresAt } = payment
  const inOrder = arrivals.toSorted((one, other) => one.at.getTime() - other.at.getTime())
  const last = inOrder.find((_, place) => sumOf(inOrder.slice(0, place + 1)) >= amount)
  if (last && (last.at > expiresAt || (cancelledAt && last.at > cancelledAt))) return 'paid_late'
  return kept > amount ? 'overpaid' : 'paid'
}

function unpaidAs(
  payment: KnownPayment,
  kept: bigint,
  { takenBack, at }: { takenBack: ReadonlySet<string>; at: Date },
): string {
  const { id, amount, card, cancelledAt, expiresAt } = payment
  if (kept >= amount) return 'duplicate'
  if (card !== undefined && takenBack.has(id)) return 'charged_back'
  if (card === 'tok_decline' || cancelledAt) return 'failed'
  if (at > expiresAt) return 'expired'
  return kept > 0n ? 'partially_paid' : 'created'
}

const sumOf = (arrivals: readonly Arrival[]): bigint =>
  arrivals.reduce((sum, { amount }) => sum + amount, 0n)
