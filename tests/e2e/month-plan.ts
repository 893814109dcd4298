import type { SeededRandom } from '@coffer/simulator/seeded-random'

/** What a merchant is like. */
export type PlannedMerchant = {
  feeBasisPoints: number
  reserveBasisPoints: number
  /** By asset. */
  thresholds: ReadonlyMap<string, bigint>
  /** How long what is paid to it is held back. */
  holdBackDays: number
}

/** What somebody sends to the address of a payment. */
export type PlannedTransfer = { amount: bigint; wave: number }

export type PlannedPayment = {
  transfers: readonly PlannedTransfer[]
  /** What is charged, where it is not paid on chain. */
  card?: string
}

export type PlannedOrder = {
  merchant: number
  reference: string
  asset: string
  amount: bigint
  isCancelled: boolean
  /** Whether it is waited for as shortly as may be; else longer than the test takes. */
  isHasty: boolean
  /** More than one where the payer pays the same order twice. */
  payments: readonly PlannedPayment[]
}

export type MonthPlan = { merchants: readonly PlannedMerchant[]; orders: readonly PlannedOrder[] }

/** When it comes, whoever was in haste has waited in vain. */
export const LAST_WAVE = 2

/** How much of what an order is like, and how often of a thousand. */
const WAYS = [
  ['exact', 550],
  ['over', 90],
  ['part', 60],
  ['two parts', 80],
  ['twice', 40],
  ['two payments', 40],
  ['not at all', 50],
  ['cancelled', 20],
  ['cancelled, and paid', 20],
  ['expired', 20],
  ['expired in part', 10],
  ['expired, and paid', 20],
] as const

type Way = (typeof WAYS)[number][0]

export type PlanOptions = {
  merchants: number
  orders: number
  /** What is paid on chain, with what an order of it costs at most. */
  coins: ReadonlyMap<string, bigint>
  currencies: ReadonlyMap<string, bigint>
  cards: readonly string[]
}

/** A month of trade that is the same for the same seed. */
export function planMonth(random: SeededRandom, options: PlanOptions): MonthPlan {
  const { coins, currencies, cards } = options
  const prices = new Map([...coins, ...currencies])
  const merchants = Array.from({ length: options.merchants }, () => ({
    feeBasisPoints: random.below(500),
    reserveBasisPoints: random.pick([0, 0, 500]),
    holdBackDays: random.pick([0, 0, 0, 1]),
    thresholds: new Map(
      [...prices].map(([asset, price]) => [asset, 1n + random.bigintBelow(price * 4n)]),
    ),
  }))
  const orders = Array.from({ length: options.orders }, (_, place): PlannedOrder => {
    const isOnChain = random.below(2) === 0
    const asset = random.pick([...(isOnChain ? coins : currencies).keys()])
    const amount = 100n + random.bigintBelow(prices.get(asset) ?? 1n)
    const order = { merchant: random.below(merchants.length), reference: `${place}`, asset, amount }
    if (isOnChain) return { ...order, ...paidOnChain(random, amount) }
    const payments = paidByCard(random, cards)
    return { ...order, isCancelled: false, isHasty: false, payments }
  })
  return { merchants, orders }
}

/** Most cards are as they should be, and some payers are charged once more for the same order. */
function paidByCard(random: SeededRandom, cards: readonly string[]): PlannedPayment[] {
  const card = random.below(5) > 0 ? 'tok_succeed' : random.pick(cards)
  const isTwice = card === 'tok_succeed' && random.below(20) === 0
  // Either may be decided on before the other.
  const charged = isTwice ? random.shuffle([card, 'tok_delayed']) : [card]
  return charged.map((each) => ({ transfers: [], card: each }))
}

function paidOnChain(
  random: SeededRandom,
  amount: bigint,
): Pick<PlannedOrder, 'isCancelled' | 'isHasty' | 'payments'> {
  const way = drawWay(random)
  const wave = random.pick([0, 0, 0, 1, 1, 2])
  const one = (...amounts: bigint[]) => {
    // A second one comes later, so that there is an order between them.
    const transfers = amounts.map((each, place) => ({ amount: each, wave: wave + place }))
    return {
      transfers: transfers.map((each) => ({ ...each, wave: Math.min(each.wave, LAST_WAVE) })),
    }
  }
  const part = 1n + random.bigintBelow(amount - 1n)
  const payments: Record<Way, PlannedPayment[]> = {
    exact: [one(amount)],
    over: [one(amount + part)],
    part: [one(part)],
    'two parts': [one(part, amount - part)],
    twice: [one(amount, amount)],
    'two payments': [
      { transfers: [{ amount, wave: 0 }] },
      { transfers: [{ amount, wave: 1 + random.below(2) }] },
    ],
    'not at all': [one()],
    cancelled: [one()],
    'cancelled, and paid': [{ transfers: [{ amount, wave: 1 }] }],
    expired: [one()],
    'expired in part': [{ transfers: [{ amount: part, wave: 0 }] }],
    'expired, and paid': [{ transfers: [{ amount, wave: LAST_WAVE }] }],
  }
  const isCancelled = way.startsWith('cancelled')
  return { isCancelled, isHasty: way.startsWith('expired'), payments: payments[way] }
}

function drawWay(random: SeededRandom): Way {
  let left = random.below(1_000)
  for (const [way, weight] of WAYS) {
    if (left < weight) return way
    left -= weight
  }
  return 'exact'
}
