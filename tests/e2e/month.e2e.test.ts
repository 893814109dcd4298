import { apiClient } from '@coffer/cli/api-client'
import { type OpenDifference, openReconciliation } from '@coffer/cli/open-reconciliation'
import { APPS, type AppName } from '@coffer/cli/start-coffer'
import { readBalances } from '@coffer/simulator/read-balances'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { ledgerViolations, watchedViolations } from './invariants.ts'
import { clearingOf, shownFortunes, totalsOf } from './month-books.ts'
import { heldBack } from './month-hold-back.ts'
import { askRefunds, askWithdrawals, type Payout, unpaidOf } from './month-payouts.ts'
import { LAST_WAVE } from './month-plan.ts'
import { deadLetters, quiet } from './month-quiet.ts'
import { type Open, reconcileCards, unexplained } from './month-reconciliation.ts'
import { EUR, HASTY, HOT_WALLET, openStage, type Stage, USD, untilNone } from './month-stage.ts'
import { shownCounts, wantedCounts } from './month-statistics.ts'
import { openPayers } from './month-trade.ts'
import { plantOnChain } from './plant-on-chain.ts'
import { plantInStatement } from './planted-differences.ts'
import { sellUnread } from './sell-unread.ts'

/**
 * Goal: whatever a month of trade brings, the books say what the chain and the card processor say.
 * Method: an oracle that reads nothing of Coffer but what it was answered derives every balance a
 * second time. Payments come first, then what goes out, then what takes back what was spent; at the
 * end differences are planted, and reconciliation must name them.
 */

/** The README says how to trade more. */
const ORDERS = Number(process.env['MONTH_ORDERS'] ?? 2_000)
const SIZE = { seed: 20_261_122, orders: ORDERS }
const REFUNDED = Math.ceil(ORDERS / 13)

/** What pays others: while blocks are replaced it must not. */
const PAYING: readonly AppName[] = ['signer', 'withdrawals']

/** All but what tells people: of so many orders that is as much work as all the rest. */
const TRADING = APPS.filter((app) => app !== 'notifications')

let under: CofferUnderTest
let stage: Stage
let refunds: Payout[] = []
let withdrawals: Payout[] = []
/** What became of payments in blocks that were replaced. */
const rewritten: { gone: number; again: number }[] = []

beforeAll(async () => {
  const apps = TRADING.filter((app) => !PAYING.includes(app))
  under = await cofferUnderTest({ name: 'month', users: 0, apps, env: HASTY })
  stage = await openStage(under, SIZE)
  const payers = openPayers(under.node, under.coffer.urls.RPC_URLS)
  const bring = async (wave: number) => {
    await payers.pay(stage.trade, wave)
    await stage.agree()
    rewritten.push(await payers.rewrite())
    await stage.agree()
  }
  await bring(0)
  await bring(1)
  for (const app of PAYING) await under.coffer.startApp(app)
  await payOut()
  await under.coffer.apps.get('withdrawals')?.stop()
  // Who was in haste has waited in vain, and what is taken back from now on may have been spent.
  await stage.untilExpired()
  await bring(LAST_WAVE)
  await chargeBack()
  await stage.agree()
  await under.coffer.startApp('withdrawals')
  await quiet(under)
}, 600_000)

afterAll(async () => {
  await under[Symbol.asyncDispose]()
})

async function payOut(): Promise<void> {
  const { call, oracle } = stage
  // No contract of ours that it could be takes coin.
  const refuses = under.coffer.chain?.env['FORWARDERS_ADDRESS'] ?? ''
  refunds = await askRefunds({ ...stage, refuses }, REFUNDED)
  for (const id of await unpaidOf(call, 'refunds', refunds)) oracle.refundFailed(id)
  await stage.agree()
  withdrawals = await askWithdrawals({ ...stage, refuses })
  for (const id of await unpaidOf(call, 'withdrawals', withdrawals)) oracle.withdrawals.delete(id)
}

/** Holders of cards take charges back, of which some were refunded in part. */
async function chargeBack(): Promise<void> {
  const { trade, oracle, random, askSandbox } = stage
  const refunded = new Set([...oracle.refunds.values()].map(({ payment }) => payment))
  const byCard = trade.payments.filter(({ id, card }) => card && oracle.expected().get(id)?.isPaid)
  const chosen = [true, false].flatMap((isRefunded) =>
    random.shuffle(byCard.filter(({ id }) => refunded.has(id) === isRefunded)).slice(0, 5),
  )
  for (const { id } of chosen) {
    const { status } = await askSandbox('/chargebacks', { charge: id })
    expect(status).toBe(200)
  }
}

test('all has happened that was meant to', () => {
  const statuses = new Set([...stage.oracle.expected().values()].map(({ status }) => status))
  expect([...statuses].sort()).toEqual(
    [
      ...['charged_back', 'created', 'duplicate', 'expired', 'failed', 'overpaid', 'paid'],
      ...['paid_late', 'partially_paid'],
    ].sort(),
  )
  const ended = [...stage.oracle.refunds.values()].map(({ hasFailed }) => hasFailed)
  expect(new Set(ended)).toEqual(new Set([true, false]))
  expect(stage.lines.map(({ kind }) => kind)).toContain('chargeback')
  expect(rewritten).toHaveLength(3)
  expect(rewritten.every(({ gone, again }) => gone > 0 && again > 0)).toBe(true)
})

test('each merchant has what the chain and the statements say', async () => {
  const { call, oracle, trade } = stage
  const wanted = oracle.fortunes()
  await untilNone('fortunes differ', async () => {
    const shown = await shownFortunes(call, trade.merchants)
    const names = new Set([...shown.keys(), ...wanted.keys()])
    return [...names].flatMap((name) => {
      const [got, due] = [shown.get(name) ?? 0n, wanted.get(name) ?? 0n]
      return got === due ? [] : [`${name}: ${got}, not ${due}`]
    })
  })
  expect(wanted.size).toBeGreaterThan(trade.merchants.length)
})

test('what is held back is pending until its time is over, and then it is settled', async () => {
  const look = async () => await heldBack({ ...stage, merchants: stage.trade.merchants })
  const before = await look()

  await under.coffer.apps.get('settlement')?.stop()
  const NODE_OPTIONS = `--import=${new URL('two-days-later.ts', import.meta.url)}`
  await under.coffer.startApp('settlement', { env: { NODE_OPTIONS } })
  await untilNone('merchants wait for what was held back', async () =>
    (await look()).flatMap(({ place, pending, threshold }) =>
      pending >= threshold ? [`${place}: ${pending} of ${threshold}`] : [],
    ),
  )

  // Kafka takes no message from so far ahead: what was made is told of by a clock that is right.
  await under.coffer.apps.get('settlement')?.stop()
  await under.coffer.startApp('settlement')
  const due = before.filter(({ pending, threshold }) => pending >= threshold)
  expect(due.length).toBeGreaterThan(0)
  expect(before.filter(({ available }) => available > 0n)).toEqual([])
})

test('what was asked to be paid has arrived, and nothing that could not', async () => {
  const { oracle, assets } = stage
  const { RPC_URLS: rpcUrl } = under.coffer.urls
  const isPaid = ({ id }: Payout) =>
    oracle.withdrawals.has(id) || oracle.refunds.get(id)?.hasFailed === false
  const onChain = [...refunds, ...withdrawals].filter(({ to }) => to !== '')
  expect(onChain.filter((each) => isPaid(each) === each.isDoomed)).toEqual([])
  const paid = onChain.filter(isPaid)
  const balances = await readBalances({ rpcUrl, addresses: paid.map(({ to }) => to), assets })
  const arrived = paid.map(({ to, asset }) => balances[to as `0x${string}`]?.[asset])
  expect(arrived).toEqual(paid.map(({ amount }) => amount))
})

test('what was not applied lies with its payment', async () => {
  const wanted = stage.oracle.clearing()
  expect(await clearingOf(under.postgres, [...wanted.keys()])).toEqual(wanted)
})

test('what the channel owes us and what we keep is what the statements and the fees say', async () => {
  const { lines, trade, oracle } = stage
  const totals = await totalsOf(under.postgres)
  const wanted = new Map<string, bigint>()
  const add = (name: string, amount: bigint) => wanted.set(name, (wanted.get(name) ?? 0n) + amount)
  for (const { id, asset, fee } of trade.payments) {
    if (oracle.expected().get(id)?.isPaid) add(`fees ${asset}`, -fee)
  }
  for (const { kind, asset, amount } of lines) {
    add(`channel.receivable ${asset}`, kind === 'payment' ? BigInt(amount) : -BigInt(amount))
  }
  expect([...wanted].map(([name]) => [name, totals.get(name)])).toEqual([...wanted])
  expect([...wanted.keys()]).toEqual(
    expect.arrayContaining([USD, EUR].map((asset) => `channel.receivable ${asset}`)),
  )
})

test('custody is what our addresses hold, and nothing is in flight', async () => {
  const { assets, trade } = stage
  const addresses = [HOT_WALLET, ...trade.payments.flatMap(({ address }) => address ?? [])]
  await untilNone('totals differ', async () => {
    const totals = await totalsOf(under.postgres)
    const { RPC_URLS: rpcUrl } = under.coffer.urls
    const balances = Object.values(await readBalances({ rpcUrl, addresses, assets }))
    return assets.flatMap(({ id, symbol }) => {
      const wanted = balances.reduce((sum, own) => sum + (own[id] ?? 0n), 0n)
      const booked = totals.get(`custody ${id}`)
      const open = ['in_flight', 'refund.payable'].map((code) => totals.get(`${code} ${id}`) ?? 0n)
      const isSame = booked === wanted && open.every((total) => total === 0n)
      return isSame ? [] : [`${symbol}: ${booked}, not ${wanted}; ${open.join(' and ')} open`]
    })
  })
  expect(assets).toHaveLength(3)
})

test('the chain and the books agree at a final block', async () => {
  const api = apiClient({ api: under.coffer.apiUrl, apiKey: under.coffer.apiKey })
  const tell = { line: () => undefined }
  const { open } = await openReconciliation({ coffer: under.coffer, api, tell })
  expect(ofChain(open)).toEqual([])
})

test('statistics count what has happened', async () => {
  const { call, oracle, trade } = stage
  const wanted = wantedCounts({ oracle, payments: trade.payments, withdrawals })
  await quiet(under)
  expect(await shownCounts(call)).toEqual(wanted)
})

test('the ledger is in order, and nothing was put aside', async () => {
  expect(await ledgerViolations(under.postgres)).toEqual([])
  expect(await watchedViolations(under.postgres)).toEqual([])
  expect(await deadLetters(under)).toEqual([])
})

test('statements and books agree in every line', async () => {
  const look = async () => unexplained(await reconcileCards(stage.call), [])
  await untilNone('differences', look)
  expect(await look()).toEqual([])
})

test('what is planted in a statement is found, each by its name', async () => {
  const { coffer, postgres } = under
  const sold = await sellUnread(stage)
  await quiet(under)
  const planted = await plantInStatement(postgres, sold)
  const day = new Date().toISOString().slice(0, 10)
  const csv = await (await stage.askSandbox(`/statements/${day}?format=csv`)).text()
  const api = apiClient({ api: coffer.apiUrl, apiKey: coffer.apiKey })
  await api('POST', '/v1/reconciliation/statements?channel=sandbox', csv, { textType: 'text/csv' })
  expect(planted).toHaveLength(7)
  expect(unexplained(await reconcileCards(stage.call), planted)).toEqual([])
})

test('what is planted on the chain is found, each by its name', async () => {
  const { coffer, node, postgres } = under
  await coffer.apps.get('withdrawals')?.stop()
  const { assets, trade } = stage
  const planted = await plantOnChain({
    coffer,
    node,
    postgres,
    assets,
    trade,
    hotWallet: HOT_WALLET,
  })
  await quiet(under)
  const api = apiClient({ api: coffer.apiUrl, apiKey: coffer.apiKey })
  // A credit is left to a later run while a transaction is open that began before it was booked.
  const look = async () => {
    const { open } = await openReconciliation({ coffer, api, tell: { line: () => undefined } })
    return unexplained(ofChain(open), planted)
  }
  await untilNone('differences', look)
  expect(planted).toHaveLength(4)
  expect(await look()).toEqual([])
})

const ofChain = (open: readonly OpenDifference[]) =>
  open.filter(({ place }) => place.startsWith('eip155:')) as Open[]
