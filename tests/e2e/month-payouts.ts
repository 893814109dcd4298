import type { AssetId } from '@coffer/money/asset'
import type { SeededRandom } from '@coffer/simulator/seeded-random'
import { waitFor } from '@coffer/testkit/wait-for'
import { atOnce, type Call, good } from './month-calls.ts'
import type { KnownRefund, MonthOracle } from './month-oracle.ts'
import type { KnownPayment } from './month-standings.ts'
import type { Trade } from './month-trade.ts'

/** What was asked to be paid on chain, to somebody who gets nothing else. */
export type Payout = { id: string; to: string; asset: AssetId; amount: bigint; isDoomed: boolean }

export type PayoutsOptions = {
  call: Call
  trade: Trade
  oracle: MonthOracle
  random: SeededRandom
  /** A contract that takes no coin. */
  refuses: string
}

type Asked = { id: string; status: string; excess: string; amount: string }

/** Payments whose refunds are asked for at the same time. */
const AT_ONCE = 16

/** Asks for refunds of `count` payments, in many ways, and for several of one at once. */
export async function askRefunds(options: PayoutsOptions, count: number): Promise<Payout[]> {
  const { trade, oracle, random } = options
  const refundable = trade.payments.filter(({ id }) => (oracle.expected().get(id)?.kept ?? 0n) > 0n)
  // Whatever is drawn, some fail.
  const failing = refundable.filter(({ card }) => card === 'tok_refund_fails').slice(0, 3)
  const chosen = [...new Set([...failing, ...random.shuffle(refundable)])].slice(0, count)
  const wanted = chosen.map((payment) => ({ payment, ...refundsOf(options, payment) }))
  const ask = async ({ payment, refunds, granted }: (typeof wanted)[number]) => {
    const excess = refunds.map(({ amount }) => oracle.excessOf(payment.id, amount))
    const answers = await Promise.all(refunds.map((each) => askRefund(options, payment, each)))
    const known = answers.flatMap((each) => each ?? [])
    if (known.length !== granted) {
      throw new Error(`${known.length} refunds of ${payment.id} were granted, not ${granted}.`)
    }
    if (known.some((refund) => refund.excess !== excess[0])) {
      throw new Error(`A refund of ${payment.id} takes another excess than ${excess[0]}.`)
    }
    for (const refund of known) oracle.refundGranted(refund)
    return answers.map((each, place) => ({ ...refunds[place], ...each }))
  }
  const asked = await atOnce(wanted, ask, AT_ONCE)
  return asked.flat().flatMap(({ id, to = '', amount = 0n, payment }) => {
    const asset = trade.payments.find((each) => each.id === payment)?.asset
    if (id === undefined || asset === undefined) return []
    return [{ id, to, asset, amount, isDoomed: to === options.refuses }]
  })
}

type WantedRefund = { amount: bigint; to: string | undefined; key: string }

/** Several at once are of 40 % each, so that two of them are granted whoever comes first. */
function refundsOf(
  { oracle, random, refuses }: PayoutsOptions,
  { id, amount, address, asset, card }: KnownPayment,
): { refunds: WantedRefund[]; granted: number } {
  const { kept, isPaid } = oracle.expected().get(id) ?? { kept: 0n, isPaid: false }
  const free = isPaid ? kept - amount : kept
  const way = random.below(4)
  const isAtOnce = free === 0n && way === 0 && card !== 'tok_refund_fails'
  const parts = isAtOnce
    ? Array.from({ length: 3 }, () => (amount * 2n) / 5n)
    : [free > 0n ? free : way === 1 ? amount : 1n + random.bigintBelow(amount)]
  const isCoin = asset.includes('/slip44:')
  const isRefused = isCoin && !isAtOnce && random.below(10) === 0
  const refunds = parts.map((part, place) => ({
    amount: part,
    to: address === undefined ? undefined : isRefused ? refuses : someAddress(random),
    key: `refund-${place}`,
  }))
  return { refunds, granted: isAtOnce ? 2 : 1 }
}

const someAddress = (random: SeededRandom): string =>
  `0x${random
    .bigintBelow(2n ** 160n)
    .toString(16)
    .padStart(40, '0')}`

async function askRefund(
  { call }: PayoutsOptions,
  payment: KnownPayment,
  { amount, to, key }: WantedRefund,
): Promise<KnownRefund | undefined> {
  const body = { amount: `${amount}`, ...(to === undefined ? {} : { to }) }
  const path = `/v1/payments/${payment.id}/refunds`
  const isDecided = async () => {
    const answer = await call('POST', path, body, key)
    // What came in is paid a moment before it is booked; and who has too much to do says so.
    return answer.status === 409 || answer.status === 503 ? undefined : answer
  }
  const patience = { what: `a refund of ${payment.id}`, timeoutMs: 120_000 }
  const answer = await waitFor(isDecided, patience)
  if (answer.status === 422 && answer.body['code'] === 'REFUND_EXCEEDS') return undefined
  const { id, excess } = await good<Asked>(Promise.resolve(answer))
  return { id, payment: payment.id, amount, excess: BigInt(excess) }
}

type Balance = { asset: AssetId; available: string }

/** Has every merchant withdraw what there is of each coin, or a part of it. */
export async function askWithdrawals(options: PayoutsOptions): Promise<Payout[]> {
  const { call, trade, oracle, random, refuses } = options
  const coins = new Set(
    trade.payments.filter(({ address }) => address !== undefined).map(({ asset }) => asset),
  )
  const withdrawn = await atOnce(trade.merchants, async (merchant) => {
    const path = `/v1/merchants/${merchant}`
    const { items } = await good<{ items: Balance[] }>(call('GET', `${path}/balances`))
    const own = items.filter(({ asset, available }) => coins.has(asset) && BigInt(available) > 0n)
    return await Promise.all(
      own.map(async ({ asset, available }): Promise<Payout> => {
        const part = random.below(2) === 0 ? 1n : 2n
        const amount = BigInt(available) / part || 1n
        const isDoomed = asset.includes('/slip44:') && random.below(8) === 0
        const to = isDoomed ? refuses : someAddress(random)
        const body = { asset, amount: `${amount}`, to }
        const asked = call('POST', `${path}/withdrawals`, body, `withdrawal-${asset}`)
        const { id } = await good<Asked>(asked)
        oracle.withdrawals.set(id, { id, merchant, asset, amount })
        return { id, to, asset, amount, isDoomed }
      }),
    )
  })
  return withdrawn.flat()
}

const ENDS = new Set(['succeeded', 'failed', 'completed', 'cancelled'])

/** Waits until all have come to an end, and answers which of them were not paid. */
export async function unpaidOf(
  call: Call,
  kind: 'refunds' | 'withdrawals',
  payouts: readonly Pick<Payout, 'id'>[],
): Promise<Set<string>> {
  const unpaid = new Set<string>()
  const left = new Set(payouts.map(({ id }) => id))
  // To look is work for those who are waited for: as few looks as tell that none is left.
  const haveEnded = async () => {
    for (const id of left) {
      const { status } = await good<Asked>(call('GET', `/v1/${kind}/${id}`))
      if (!ENDS.has(status)) return false
      left.delete(id)
      if (status === 'failed' || status === 'cancelled') unpaid.add(id)
    }
    return true
  }
  const patience = { what: `all ${kind} to end`, timeoutMs: 300_000, intervalMs: 500 }
  await waitFor(haveEnded, patience).catch((cause) => {
    throw new Error(`${left.size} ${kind} do not end, of them first ${[...left][0]}`, { cause })
  })
  return unpaid
}
