import { type ApiClient, apiClient } from '@coffer/cli/api-client'
import { openShop } from '@coffer/cli/shop'
import { APPS } from '@coffer/cli/start-coffer'
import { payTransfers } from '@coffer/simulator/pay-transfers'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'

/**
 * Goal: an order becomes money that its merchant has withdrawn, and nobody helps. Method: every
 * process on real parts; the test pays on the chain, asks the API, and reads what was sent.
 */

let under: CofferUnderTest
let api: ApiClient
let dollar: string

beforeAll(async () => {
  under = await cofferUnderTest({ name: 'platform', users: 0, apps: APPS })
  api = apiClient({ api: under.coffer.apiUrl, apiKey: under.coffer.apiKey })
  dollar = under.coffer.chain?.assets.find(({ symbol }) => symbol === 'TUSD')?.id ?? ''
})

afterAll(async () => {
  await under[Symbol.asyncDispose]()
})

test('an order is paid on chain, booked and settled', async () => {
  const shop = await openShop(api, {
    ...{ name: 'Tea & Sons', email: 'tea@example.com', feeBasisPoints: 100 },
    thresholds: { [dollar]: 50_000_000n },
  })

  const asked = await shop.ask({ asset: dollar, amount: 100_000_000n })
  expect(asked).toMatchObject({ status: 'created', amount: '100000000', fee: '1000000' })
  await pay({ to: asked.address as string, asset: asked.asset, amount: 100_000_000n })
  await shop.until(asked.id, 'paid')

  const settled = async () => (await shop.balance(dollar)).available === '99000000'
  await waitFor(settled, { what: 'what was paid to be settled' })
  expect(await shop.balance(dollar)).toMatchObject({ pending: '0', reserve: '0' })
})

const pay = (...transfers: Parameters<typeof payTransfers>[1]) =>
  payTransfers(under.coffer.urls.RPC_URLS, transfers)
