import { randomBytes } from 'node:crypto'
import { type ApiClient, apiClient } from '@coffer/cli/api-client'
import { openReconciliation } from '@coffer/cli/open-reconciliation'
import { openShop } from '@coffer/cli/shop'
import { APPS } from '@coffer/cli/start-coffer'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { payTransfers } from '@coffer/simulator/pay-transfers'
import { readBalances } from '@coffer/simulator/read-balances'
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
let api: ApiClient
let dollar: string

beforeAll(async () => {
  under = await cofferUnderTest({ name: 'platform', users: 0, apps: APPS, env: SOON })
  api = apiClient({ api: under.coffer.apiUrl, apiKey: under.coffer.apiKey })
  dollar = under.coffer.chain?.assets.find(({ symbol }) => symbol === 'TUSD')?.id ?? ''
})

afterAll(async () => {
  await under[Symbol.asyncDispose]()
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
