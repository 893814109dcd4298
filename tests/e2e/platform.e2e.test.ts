import { randomBytes } from 'node:crypto'
import { type ApiClient, apiClient } from '@coffer/cli/api-client'
import { openReconciliation } from '@coffer/cli/open-reconciliation'
import { openShop } from '@coffer/cli/shop'
import { APPS } from '@coffer/cli/start-coffer'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { payTransfers } from '@coffer/simulator/pay-transfers'
import { readBalances } from '@coffer/simulator/read-balances'
import { type OtlpReceiver, otlpReceiver } from '@coffer/telemetry/testing/otlp-receiver'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { mailbox } from './mailbox.ts'

/**
 * Goal: an order becomes money that its merchant has withdrawn, everybody is told, all is counted,
 * and it agrees with the chain, and nobody helps. Method: every process on real parts; the test
 * pays on the chain, asks the API, and reads the mail.
 */

const SOON = {
  RECONCILIATION_SETTLE_SECONDS: '10',
  SWEEP_MS: '250',
  LOOK_MS: '100',
  DISPATCH_MS: '100',
  SWEEP_MINIMUMS: 'TUSD:1',
}

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
  const began = new Date()
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
  const letters = () => mailbox('.coffer/e2e/platform/mail', 'tea@example.com')
  await waitFor(async () => (await letters()).length >= 7, { what: 'all e-mails' })
  expect((await letters()).toSorted()).toEqual([
    expect.stringMatching(/^New order /),
    expect.stringMatching(/^Order .* is paid$/),
    'Payment of 100 TUSD is awaited',
    'Payment received: 100 TUSD',
    'Refund paid: 9 TUSD',
    'Settled: 99 TUSD is available',
    'Withdrawal completed: 90 TUSD',
  ])

  // All of it was counted.
  const counted = {
    payments: { created: { count: 1 }, succeeded: { count: 1, amount: '100000000' } },
    refunds: { succeeded: { count: 1, amount: '9000000' } },
    settlements: { count: 1, amount: '99000000' },
    withdrawals: { completed: { count: 1, amount: '90000000' } },
  }
  await waitFor(async () => (await summary(began))?.withdrawals.completed.count === 1, {
    what: 'the withdrawal to be counted',
  })
  expect(await summary(began)).toMatchObject(counted)

  // And the books agree with themselves and with the chain.
  expect(await checkLedger(under.postgres)).toEqual([])
  const quiet = { line: () => undefined }
  expect(await openReconciliation({ coffer: under.coffer, api, tell: quiet })).toEqual({ open: [] })
})

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
  return trace && placeIn(trace, 'notification_sent') >= 0 ? trace : undefined
}

type Counted = { count: number; amount: string }
type Summary = { withdrawals: { completed: Counted } }

async function summary(began: Date): Promise<Summary | undefined> {
  const [from, to] = [began.toISOString(), new Date(Date.now() + 3_600_000).toISOString()]
  const query = new URLSearchParams({ from, to, asset: dollar })
  const { items } = await api<{ items: Summary[] }>('GET', `/v1/analytics/summary?${query}`)
  return items[0]
}

async function dollarsAt(address: string): Promise<bigint | undefined> {
  const { urls, chain } = under.coffer
  const assets = (chain?.assets ?? []).filter(({ id }) => id === dollar)
  const balances = await readBalances({ rpcUrl: urls.RPC_URLS, addresses: [address], assets })
  return Object.values(Object.values(balances)[0] ?? {})[0]
}

const someAddress = () => `0x${randomBytes(20).toString('hex')}`
