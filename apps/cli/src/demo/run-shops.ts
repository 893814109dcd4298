import { randomBytes } from 'node:crypto'
import { displayAmount } from '@coffer/money/display'
import { payTransfers } from '@coffer/simulator/pay-transfers'
import { readBalances } from '@coffer/simulator/read-balances'
import { type ApiClient, apiClient } from '../api-client.ts'
import type { Progress } from '../progress.ts'
import { APPS, type Coffer, DEPOSIT_APPS } from '../start-coffer.ts'
import { openReconciliation } from './open-reconciliation.ts'
import { type AskedPayment, openShop, type Shop } from './shop.ts'
import type { ShopsVerdict, ShopVerdict } from './shops-verdict.ts'
import { waitUntil } from './wait-until.ts'

/** Orders that are paid at each of the shops; one more is not. */
const PAID = 5

/** What a shop sells, and how it is paid for. */
type Plan = {
  name: string
  email: string
  locale: 'en' | 'zh'
  asset: string
  symbol: string
  decimals: number
  price: bigint
  channel: 'onchain' | 'sandbox'
}

type Scene = { coffer: Coffer; api: ApiClient; tell: Progress }

type Trade = { plan: Plan; shop: Shop; paid: AskedPayment[]; payee: string; refundee: string }

/** So soon that people see it: sweeps come each minute by default. */
const HASTY = {
  SWEEPS: 'forwarders',
  SWEEP_MS: '250',
  LOOK_MS: '100',
  DISPATCH_MS: '100',
  RECONCILIATION_SETTLE_SECONDS: '10',
}

/**
 * Three merchants sell, two of them on chain and one by card. What they take in is booked and
 * settled by itself, something is refunded, the rest withdrawn; then the chain and the card
 * processor are asked whether they say the same.
 */
export async function runShops(coffer: Coffer, tell: Progress): Promise<ShopsVerdict> {
  const { apiUrl, apiKey } = coffer
  const scene: Scene = { coffer, tell, api: apiClient({ api: apiUrl, apiKey }) }
  tell.title('7. Three merchants open')
  await startOthers(scene)
  const trades: Trade[] = []
  for (const plan of plansOf(coffer)) trades.push(await open(scene, plan))

  tell.title('8. Their orders are paid, booked and settled')
  for (const trade of trades) await sell(scene, trade)
  for (const trade of trades) await settled(scene, trade)

  tell.title('9. One order of each goes back to its payer')
  for (const trade of trades) await refund(scene, trade)

  tell.title('10. They withdraw what is theirs')
  for (const trade of trades) await withdraw(scene, trade)

  tell.title('11. The chain and the card processor are asked')
  const { open: differences } = await openReconciliation(scene)
  const shops = await Promise.all(trades.map((trade) => judgeTrade(scene, trade)))
  const agree = differences.length === 0 && shops.every((each) => each.agrees)
  return { agree, shops, differences }
}

async function startOthers({ coffer, tell }: Scene): Promise<void> {
  const symbols = coffer.chain?.assets.map(({ symbol }) => `${symbol}:1`).join() ?? ''
  const env = { ...HASTY, SWEEP_MINIMUMS: symbols }
  const others = APPS.filter((app) => !DEPOSIT_APPS.some((each) => each === app))
  const started = await Promise.all(others.map((app) => coffer.startApp(app, { env })))
  tell.line(`${started.length} more processes: ${others.join(', ')}`)
}

function plansOf({ chain }: Coffer): Plan[] {
  const onChain = (symbol: string) => {
    const asset = chain?.assets.find((each) => each.symbol === symbol)
    if (asset === undefined) throw new Error(`The demo's chain has no ${symbol}.`)
    return { asset: asset.id, symbol, decimals: asset.decimals, channel: 'onchain' as const }
  }
  return [
    { ...onChain('TUSD'), ...facts('Harbour Tea', 'en'), price: 25_000_000n },
    { ...onChain('ETH'), ...facts('云上书店', 'zh'), price: 10n ** 16n },
    {
      ...{ asset: 'sandbox:1/iso4217:USD', symbol: 'USD', decimals: 2, channel: 'sandbox' },
      ...facts('Cloud Nine', 'en'),
      price: 4_900n,
    },
  ]
}

const facts = (name: string, locale: 'en' | 'zh') => ({
  ...{ name, locale },
  email: `shop-${randomBytes(4).toString('hex')}@example.com`,
})

async function open({ api, tell }: Scene, plan: Plan): Promise<Trade> {
  const { name, email, locale, asset, price } = plan
  const terms = { name, email, locale, feeBasisPoints: 100, thresholds: { [asset]: price / 2n } }
  const shop = await openShop(api, terms)
  tell.line(`${name} sells for ${shown(plan, price)}, of which 1 % is ours`)
  return { plan, shop, paid: [], payee: someAddress(), refundee: someAddress() }
}

/** All orders but the last are paid; by card that one is declined. */
async function sell({ coffer, tell }: Scene, { plan, shop, paid }: Trade): Promise<void> {
  const { asset, price: amount, channel } = plan
  const isByCard = channel === 'sandbox'
  for (let count = 0; count < PAID; count += 1) {
    const card = isByCard ? { card: 'tok_succeed' } : {}
    paid.push(await shop.ask({ asset, amount, channel, ...card }))
  }
  const unpaid = await shop.ask({
    ...{ asset, amount, channel },
    ...(isByCard ? { card: 'tok_decline' } : {}),
  })
  if (!isByCard) {
    const transfers = paid.map(({ address }) => ({ to: address ?? '', asset, amount }))
    await payTransfers(coffer.urls.RPC_URLS, transfers)
  }
  for (const { id } of paid) await shop.until(id, 'paid')
  if (isByCard) await shop.until(unpaid.id, 'failed')
  tell.line(`${plan.name}: ${PAID} orders paid, 1 not`)
}

async function settled({ tell }: Scene, { plan, shop, paid }: Trade): Promise<void> {
  const net = paid.reduce((sum, { amount, fee }) => sum + BigInt(amount) - BigInt(fee), 0n)
  const until = async () => BigInt((await shop.balance(plan.asset)).available) === net
  await waitUntil({ what: `${plan.name} has been settled`, until })
  tell.line(`${plan.name}: ${shown(plan, net)} is available`)
}

async function refund({ tell }: Scene, { plan, shop, paid, refundee }: Trade): Promise<void> {
  const [first] = paid as [AskedPayment]
  const to = plan.channel === 'onchain' ? refundee : undefined
  const status = await shop.refund(first.id, plan.price, to)
  tell.line(`${plan.name}: the refund of ${shown(plan, plan.price)} has ${status}`)
}

/** What was paid by card is not on the chain, and stays. */
async function withdraw({ tell }: Scene, { plan, shop, payee }: Trade): Promise<void> {
  if (plan.channel === 'sandbox') return
  const { available } = await shop.balance(plan.asset)
  const status = await shop.withdraw(plan.asset, BigInt(available), payee)
  tell.line(`${plan.name}: the withdrawal of ${shown(plan, BigInt(available))} is ${status}`)
}

/** Holds what a shop's balance says against what was paid and what has arrived. */
async function judgeTrade(scene: Scene, trade: Trade): Promise<ShopVerdict> {
  const { plan, shop, paid, payee, refundee } = trade
  const balance = await shop.balance(plan.asset)
  const left = BigInt(balance.available) + BigInt(balance.pending) + BigInt(balance.reserve)
  const came = BigInt(paid.length) * plan.price
  const fees = paid.reduce((sum, { fee }) => sum + BigInt(fee), 0n)
  const isOnChain = plan.channel === 'onchain'
  const withdrawn = isOnChain ? await onChain(scene, plan, payee) : 0n
  const refunded = isOnChain ? await onChain(scene, plan, refundee) : plan.price
  const agrees = came === fees + refunded + withdrawn + left && refunded === plan.price
  return { ...plan, orders: PAID + 1, paid: came, fees, refunded, withdrawn, left, agrees }
}

async function onChain({ coffer }: Scene, { asset }: Plan, address: string): Promise<bigint> {
  const assets = coffer.chain?.assets.filter(({ id }) => id === asset) ?? []
  const rpcUrl = coffer.urls.RPC_URLS
  const balances = await readBalances({ rpcUrl, addresses: [address], assets })
  const [own] = Object.values(balances)
  return Object.values(own ?? {})[0] ?? 0n
}

const shown = ({ decimals, symbol }: Plan, amount: bigint) =>
  `${displayAmount(amount, decimals)} ${symbol}`

const someAddress = () => `0x${randomBytes(20).toString('hex')}`
