import { randomBytes } from 'node:crypto'
import { type ApiClient, apiClient } from '@coffer/cli/api-client'
import { openReconciliation } from '@coffer/cli/open-reconciliation'
import { openShop } from '@coffer/cli/shop'
import { APPS } from '@coffer/cli/start-coffer'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { webhookReceiver } from '@coffer/notifications/testing/webhook-receiver'
import { payTransfers } from '@coffer/simulator/pay-transfers'
import { readBalances } from '@coffer/simulator/read-balances'
import { type OtlpReceiver, otlpReceiver } from '@coffer/telemetry/testing/otlp-receiver'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alarmRules, metricsOf } from '../alarm-rules.ts'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { type CountedFigures, countedFigures } from './counted-figures.ts'
import { type Deaths, dieInTurn } from './die-in-turn.ts'
import { mailbox } from './mailbox.ts'

/**
 * Goal: an order becomes money that its merchant has withdrawn, everybody is told, all is counted,
 * and it agrees with the chain, and nobody helps, whoever dies wherever. Method: every process on
 * real parts; the test pays on the chain, asks the API, and reads the mail.
 */

const SOON = {
  RECONCILIATION_SETTLE_SECONDS: '10',
  SWEEP_MS: '250',
  LOOK_MS: '100',
  DISPATCH_MS: '100',
  SWEEP_MINIMUMS: 'TUSD:1',
  STATEMENT_EVERY_MS: '500',
  CHANNEL_RETRY_MS: '300',
  // What a process was at that was killed is not left to others for long.
  JANITOR_MS: '200',
  DELIVERY_LEASE_MS: '1000',
}

/** Where each process dies in the midst of an order. */
const DEATHS: Deaths = {
  payments: ['payments.before-commit'],
  sandbox: ['sandbox.before-answer', 'sandbox.after-callback'],
  settlement: ['settlement.before-commit', 'settlement.after-commit'],
  withdrawals: ['withdrawals.after-sign', 'withdrawals.after-broadcast'],
  signer: ['signer.after-journal'],
  notifications: ['notifications.after-commit', 'notifications.after-call'],
  analytics: ['analytics.after-commit'],
  reconciliation: ['reconciliation.after-commit'],
}

/** Whoever died is started again by a machine that others use, too. */
const PATIENCE_MS = 120_000

const ONCE_AN_ORDER = new Set([
  ...['order.paid', 'payment.succeeded', 'refund.succeeded', 'settlement.completed'],
  'withdrawal.completed',
])

const DOLLARS_BY_CARD = 'sandbox:1/iso4217:USD'

let under: CofferUnderTest
let collector: OtlpReceiver
let api: ApiClient
let dollar: string

beforeAll(async () => {
  collector = await otlpReceiver()
  const env = { ...SOON, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  under = await cofferUnderTest({ name: 'platform', users: 0, apps: APPS, env })
  api = apiClient({ api: under.coffer.apiUrl, apiKey: under.coffer.apiKey })
  dollar = under.coffer.chain?.assets.find(({ symbol }) => symbol === 'TUSD')?.id ?? ''
})

afterAll(async () => {
  await under[Symbol.asyncDispose]()
  await collector[Symbol.asyncDispose]()
})

test('an order is paid on chain, booked, settled, refunded in part and withdrawn', async () => {
  const before = await figures()
  const tea = await openShop(api, {
    ...{ name: 'Tea & Sons', email: 'tea@example.com', feeBasisPoints: 100 },
    thresholds: { [dollar]: 50_000_000n },
  })

  // It is asked for, and paid to an address of its own.
  const asked = await tea.ask({ asset: dollar, amount: 100_000_000n })
  expect(asked).toMatchObject({ status: 'created', amount: '100000000', fee: '1000000' })
  const transfer = { to: asked.address ?? '', asset: dollar, amount: 100_000_000n }
  await payTransfers(under.coffer.urls.RPC_URLS, [transfer])
  await tea.until(asked.id, 'paid')

  // It is booked, and as it is past the threshold, settled.
  await waitFor(async () => (await tea.balance(dollar)).available === '99000000', {
    what: 'what was paid to be settled',
  })
  expect(await tea.balance(dollar)).toMatchObject({ pending: '0', reserve: '0' })

  // Some of it goes back to the payer, and the rest to the merchant.
  const [payer, merchant] = [someAddress(), someAddress()]
  expect(await tea.refund(asked.id, 9_000_000n, payer)).toBe('succeeded')
  expect(await tea.withdraw(dollar, 90_000_000n, merchant)).toBe('completed')
  expect(await dollarsAt(payer)).toBe(9_000_000n)
  expect(await dollarsAt(merchant)).toBe(90_000_000n)
  expect(await tea.balance(dollar)).toMatchObject({ available: '0', pending: '0' })

  // The merchant was told of each step, once.
  await told('tea@example.com', [
    /^New order /,
    /^Order .* is paid$/,
    'Payment of 100 TUSD is awaited',
    'Payment received: 100 TUSD',
    'Refund paid: 9 TUSD',
    'Settled: 99 TUSD is available',
    'Withdrawal completed: 90 TUSD',
  ])
  await counted(before)
  await agreed()
})

test(
  'all of it happens once, though each process dies in the midst of it',
  async () => {
    const before = await figures()
    await using receiver = await webhookReceiver()
    const inks = await openShop(api, {
      ...{ name: 'Inks', email: 'inks@example.com', feeBasisPoints: 100 },
      thresholds: { [dollar]: 50_000_000n, [DOLLARS_BY_CARD]: 5_000n },
      patienceMs: PATIENCE_MS,
    })
    await api('POST', `/v1/merchants/${inks.id}/webhook-endpoints`, { url: receiver.url })
    const allDied = await dieInTurn(under, DEATHS)

    // One order is paid on chain, another by card.
    const asked = await inks.ask({ asset: dollar, amount: 100_000_000n })
    const card = { channel: 'sandbox', card: 'tok_succeed' } as const
    const byCard = await inks.ask({ asset: DOLLARS_BY_CARD, amount: 10_000n, ...card })
    const transfer = { to: asked.address ?? '', asset: dollar, amount: 100_000_000n }
    await payTransfers(under.coffer.urls.RPC_URLS, [transfer])
    await inks.until(asked.id, 'paid')
    await inks.until(byCard.id, 'paid')
    const available = async (asset: string) => (await inks.balance(asset)).available
    await waitFor(
      async () =>
        (await available(dollar)) === '99000000' && (await available(DOLLARS_BY_CARD)) === '9900',
      { what: 'both payments to be settled', timeoutMs: PATIENCE_MS },
    )
    const [payer, merchant] = [someAddress(), someAddress()]
    expect(await inks.refund(asked.id, 9_000_000n, payer)).toBe('succeeded')
    expect(await inks.withdraw(dollar, 90_000_000n, merchant)).toBe('completed')
    await allDied()

    expect([await dollarsAt(payer), await dollarsAt(merchant)]).toEqual([9_000_000n, 90_000_000n])
    expect(await inks.balance(dollar)).toMatchObject({ available: '0', pending: '0' })
    await told('inks@example.com', [
      /^New order /,
      /^New order /,
      /^Order .* is paid$/,
      /^Order .* is paid$/,
      'Payment of 100 TUSD is awaited',
      'Payment of 100.00 USD is awaited',
      'Payment received: 100 TUSD',
      'Payment received: 100.00 USD',
      'Refund paid: 9 TUSD',
      'Settled: 99 TUSD is available',
      'Settled: 99.00 USD is available',
      'Withdrawal completed: 90 TUSD',
    ])
    // A webhook may come twice, and is known by its id.
    const types = () => {
      const hooks = receiver.received.map(({ headers, body }) => [headers['webhook-id'], body])
      const each = [...new Map(hooks as [string, string][]).values()]
      return each.map((body) => JSON.parse(body).type).filter((type) => ONCE_AN_ORDER.has(type))
    }
    await waitFor(() => types().length >= 8, { what: 'all webhooks', timeoutMs: PATIENCE_MS })
    expect(types().toSorted()).toEqual([
      ...['order.paid', 'order.paid', 'payment.succeeded', 'payment.succeeded'],
      ...['refund.succeeded', 'settlement.completed', 'settlement.completed'],
      'withdrawal.completed',
    ])
    await counted(before)
    await agreed()
  },
  5 * PATIENCE_MS,
)

/** Waits until `address` has been sent all of `subjects`; each is there as often as it is given. */
async function told(address: string, subjects: readonly (string | RegExp)[]): Promise<void> {
  const letters = () => mailbox('.coffer/e2e/platform/mail', address)
  const areAllThere = async () => (await letters()).length >= subjects.length
  await waitFor(areAllThere, { what: `all e-mails to ${address}`, timeoutMs: PATIENCE_MS })
  expect((await letters()).toSorted()).toEqual(
    subjects.map((each) => (each instanceof RegExp ? expect.stringMatching(each) : each)),
  )
}

/** Waits until the withdrawal is counted, which comes last; then all is that one order makes. */
async function counted(before: CountedFigures): Promise<void> {
  const isCounted = async () => (await figures()).withdrawals > before.withdrawals
  const what = 'the withdrawal to be counted'
  await waitFor(isCounted, { what, timeoutMs: PATIENCE_MS, intervalMs: 200 })
  const after = Object.entries(await figures())
  const grown = after.map(([name, figure]) => [name, figure - before[name as keyof CountedFigures]])
  expect(Object.fromEntries(grown)).toEqual({
    ...{ created: 1n, succeeded: 1n, received: 100_000_000n, refunded: 9_000_000n },
    ...{ settlements: 1n, settled: 99_000_000n, withdrawals: 1n, withdrawn: 90_000_000n },
  })
}

/** The books agree with themselves, with the chain and with what the channel states. */
async function agreed(): Promise<void> {
  expect(await checkLedger(under.postgres)).toEqual([])
  const quiet = { line: () => undefined }
  expect(await openReconciliation({ coffer: under.coffer, api, tell: quiet })).toEqual({ open: [] })
}

test('a deposit has one trace of every step, from its block to its credit and to who is told', async () => {
  const [user] = await under.addUsers(1)
  const { id = '', address = '' } = user ?? {}
  const preferences = { email: 'ann@example.com', locale: 'en', muted: [] }
  await api('PUT', `/v1/users/${id}/notification-preferences`, preferences)

  await payTransfers(under.coffer.urls.RPC_URLS, [{ to: address, asset: dollar, amount: 5n }])
  const told = await waitFor(async () => await sentTo(id), { what: 'the user to be told' })

  const ofDeposit = () => collector.spans.filter(({ traceId }) => traceId === told.traceId)
  const named = (name: string) => ofDeposit().filter((span) => span.name === name)
  // Each process sends its spans some time later.
  await waitFor(() => STEPS.every((name) => named(name).length > 0), { what: 'all spans' })
  const first = named('deposit')[0]
  expect(ofDeposit().filter(({ parentSpanId }) => parentSpanId === '')).toEqual([first])
  expect(new Set(ofDeposit().map(({ parentSpanId }) => parentSpanId))).toEqual(
    new Set(['', first?.spanId]),
  )
  expect(ofDeposit().filter(({ startMs, endMs }) => startMs > endMs)).toEqual([])
  const inOrder = IN_ORDER.map((name) => named(name)[0]?.endMs ?? 0)
  expect(inOrder).toEqual(inOrder.toSorted((one, other) => one - other))
  const services = [...new Set(ofDeposit().map(({ service }) => service))]
  expect(services).toEqual(
    expect.arrayContaining(['coffer-scanner', 'coffer-accounts', 'coffer-notifications']),
  )
  // Its steps in the database are the same, and in the same order.
  expect(told.items.map(({ step }) => step)).toEqual(
    [
      ...['block_made', 'deposit_seen', 'block_stored', 'deposit_final', 'booked', 'credited'],
      ...['notification_made', 'notification_sent'],
    ].toSorted((a, b) => placeIn(told, a) - placeIn(told, b)),
  )
})

const IN_ORDER = [
  'fetch block',
  'prove block',
  'store deposit',
  'wait for finality',
  'wait in outbox',
]

const STEPS = [
  ...IN_ORDER,
  ...['deposit', 'publish wallet.events', 'process wallet.events', 'book in ledger'],
  ...['publish accounting.events', 'process accounting.events'],
  ...['make notification', 'send email'],
]

type Trace = { traceId: string; items: { step: string }[] }

const placeIn = ({ items }: Trace, name: string) => items.findIndex(({ step }) => step === name)

async function sentTo(owner: string): Promise<Trace | undefined> {
  const { items } = await api<{ items: { id: string }[] }>('GET', `/v1/deposits?owner=${owner}`)
  const path = `/v1/deposits/${encodeURIComponent(items[0]?.id ?? '')}/trace`
  const trace = items.length > 0 ? await api<Trace>('GET', path) : undefined
  // Whoever is told may be told before the deposit shows as credited.
  const isOver = (one: Trace) =>
    placeIn(one, 'credited') >= 0 && placeIn(one, 'notification_sent') >= 0
  return trace && isOver(trace) ? trace : undefined
}

const figures = () => countedFigures(api, dollar)

async function dollarsAt(address: string): Promise<bigint | undefined> {
  const { urls, chain } = under.coffer
  const assets = (chain?.assets ?? []).filter(({ id }) => id === dollar)
  const balances = await readBalances({ rpcUrl: urls.RPC_URLS, addresses: [address], assets })
  return Object.values(Object.values(balances)[0] ?? {})[0]
}

const someAddress = () => `0x${randomBytes(20).toString('hex')}`

test('every metric that an alarm reads is told by a process that runs', async () => {
  const urls = APPS.map((app) =>
    app === 'api' ? under.coffer.apiUrl : under.coffer.healthUrl(app),
  )
  const texts = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()))
  const told = new Set(texts.join('\n').match(/(?<=^# TYPE )coffer_\w+/gm))
  const checked = texts.join('\n').match(/(?<=^coffer_invariant_violations\{check=")\w+(?=.* 0$)/gm)

  const read = alarmRules().flatMap(({ expr }) => metricsOf(expr))

  expect(read.filter((metric) => !told.has(metric))).toEqual([])
  expect(new Set(checked)).toEqual(new Set(['books', 'seals', 'deposits', 'blocks', 'payouts']))
})
