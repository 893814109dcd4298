import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { apiClient } from '@coffer/cli/api-client'
import { quantity } from '@coffer/simulator/anvil-client'
import { sendMined } from '@coffer/simulator/send-mined'
import { openBrowser, type TestBrowser } from '@coffer/testkit/browser'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { goTo, signIn } from './console-visitor.ts'
import { HOT_WALLET } from './month-stage.ts'
import { barriers, keepShot } from './page-looks.ts'
import { runCoffer } from './run-coffer.ts'

const MINIMUM = 1_000
const REJECTED = '/v1/deposits?status=rejected'

let under: CofferUnderTest
let browser: TestBrowser

beforeAll(async () => {
  const apps = ['api', 'accounts'] as const
  const starting = cofferUnderTest({ name: 'suspense', users: 2, apps, console: true })
  ;[under, browser] = await Promise.all([starting, openBrowser()])
  const { chain, urls, startApp } = under.coffer
  const config = {
    chain: chain?.chain,
    rpcUrls: [urls.RPC_URLS],
    confirmations: 1,
    nativeMinimum: MINIMUM,
  }
  const path = resolve('.coffer/e2e/suspense/coffer.config.mjs')
  await writeFile(path, `export default ${JSON.stringify({ chains: [config] })}\n`)
  await startApp('scanner', { env: { RPC_URLS: '', COFFER_CONFIG: path } })
})

afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await under[Symbol.asyncDispose]()
})

test('dust goes through every process into suspense, and to its owner when it is released', async () => {
  const { apiUrl: api, apiKey } = under.coffer
  const ask = apiClient({ api, apiKey })
  const [[ann = '', annId = ''] = [], [bob = ''] = []] = [...under.owners]
  await pay(ann, MINIMUM - 1)
  await pay(bob, MINIMUM)
  await under.settle()
  const before = [await balances(), await available(annId)]

  const { items } = await ask<{ items: { id: string; reason: string }[] }>('GET', REJECTED)
  const [dust] = items
  const release = ['deposits', 'release', dust?.id ?? '', '--reason', 'the customer asked']
  const released = await runCoffer([...release, '--api', api, '--key', apiKey])
  await under.settle()

  expect(items).toMatchObject([{ reason: 'below_minimum' }])
  expect(released, released.stderr).toMatchObject({ code: 0 })
  expect(released.stdout).toContain(`999 of eip155:31337/slip44:60 to ${annId}`)
  expect(before).toEqual([{ custody: 1_999, suspense: -999, 'owner.available': -1_000 }, []])
  expect(await balances()).toMatchObject({ custody: 1_999, suspense: 0, 'owner.available': -1_999 })
  expect(await available(annId)).toEqual(['999'])
  expect(await under.violations()).toEqual([])
})

test('dust is released in the console by somebody who says why', async () => {
  const { apiUrl: api, apiKey } = under.coffer
  const ask = apiClient({ api, apiKey })
  const [, [bob = '', bobId = ''] = []] = [...under.owners]
  await pay(bob, MINIMUM - 2)
  await under.settle()
  const [dust] = (await ask<{ items: { id: string }[] }>('GET', REJECTED)).items
  await using visit = await browser.open()
  const { page } = visit
  await signIn(page, under.coffer)
  await goTo(page, `/deposits/${encodeURIComponent(dust?.id ?? '')}`, 'Story of a deposit')

  await page.getByText('deposit.suspended').waitFor()
  await page.getByRole('button', { name: 'Credit it after all' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByText('below_minimum').waitFor()
  expect(await barriers(page)).toEqual([])
  await keepShot(page, 'release')
  await sheet.getByLabel('Reason').fill('the customer asked twice')
  await sheet.getByRole('button', { name: 'Credit it after all' }).click()

  await sheet.waitFor({ state: 'detached' })
  await under.settle()
  for (const told of ['deposit.reversed', 'deposit.confirmed', 'deposit.credit']) {
    await page.getByText(told).first().waitFor()
  }
  expect(await page.getByText('deposit.suspended').count()).toBe(1)
  expect(await available(bobId)).toEqual([`${MINIMUM + MINIMUM - 2}`])
  expect((await ask<{ items: unknown[] }>('GET', REJECTED)).items).toEqual([])
})

test('what funds the hot wallet is capital by one command, once', async () => {
  const { apiUrl, apiKey, chain } = under.coffer
  const [from] = await under.node.accounts()
  const to = HOT_WALLET
  const sent = await sendMined(under.node, { from, to, value: quantity(7) })
  const fund = async () => {
    const named = ['--transaction', sent.transactionHash, '--chain', chain?.chain ?? '']
    const args = ['treasury', 'fund', ...named, '--json', '--api', apiUrl, '--key', apiKey]
    const { code, stdout, stderr } = await runCoffer(args)
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout)
  }
  const before = await balances()

  const [booked, again] = [await fund(), await fund()]

  const funding = { amount: '7', from, to, position: 'value' }
  expect(booked).toMatchObject({ fundings: [{ ...funding, isNew: true }] })
  expect(again).toMatchObject({ fundings: [{ ...funding, isNew: false }] })
  const { custody = 0, capital = 0 } = before
  expect(await balances()).toEqual({ ...before, custody: custody + 7, capital: capital - 7 })
})

async function pay(to: string, value: number): Promise<void> {
  const [from] = await under.node.accounts()
  await under.node.request('eth_sendTransaction', [{ from, to, value: quantity(value) }])
}

/** What the ledger's accounts hold of the coin, by their code. */
async function balances(): Promise<Record<string, number>> {
  const rows = await under.postgres.execute<{ code: string; balance: number }>(sql`
    select code, sum(debits_posted - credits_posted)::int as balance
    from ledger.accounts group by code`)
  return Object.fromEntries(rows.map(({ code, balance }) => [code, balance]))
}

async function available(user: string): Promise<string[]> {
  const { apiUrl: api, apiKey } = under.coffer
  const path = `/v1/users/${user}/balances`
  const { items } = await apiClient({ api, apiKey })<{ items: { available: string }[] }>(
    'GET',
    path,
  )
  return items.map((item) => item.available)
}
