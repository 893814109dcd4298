import { readFile } from 'node:fs/promises'
import { answerOf, cofferClient } from '@coffer/client/coffer-client'
import { payTransfers } from '@coffer/simulator/pay-transfers'
import { loaded, openBrowser, type TestBrowser } from '@coffer/testkit/browser'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { DESKTOP, goTo, PAGES, PHONE, signIn } from './console-visitor.ts'
import { barriers, keepShot, overflow } from './page-looks.ts'

/**
 * Goal: people can use the console, whatever they see it with. Method: a real browser against every
 * process on real parts; one stack and one browser for all tests.
 */

const COIN = 'eip155:31337/slip44:60'
const APPROVAL = { WITHDRAWAL_APPROVAL_ABOVE: `${COIN}=1` }

let under: CofferUnderTest
let browser: TestBrowser

beforeAll(async () => {
  const starting = cofferUnderTest({ name: 'console', users: 1, console: true, env: APPROVAL })
  ;[under, browser] = await Promise.all([starting, openBrowser()])
})

afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await under[Symbol.asyncDispose]()
})

test('the start page loads little', async () => {
  await using visit = await browser.open()

  await visit.page.goto(`${under.coffer.apiUrl}/`)
  await visit.page.getByLabel('API key').waitFor()

  expect(visit.page.url()).toBe(`${under.coffer.apiUrl}/console/overview`)
  const { scriptBytes } = await loaded(visit.page)
  expect(scriptBytes).toBeGreaterThan(10_000)
  expect(scriptBytes).toBeLessThan(250_000)
})

test('a wrong key is refused in words', async () => {
  await using visit = await browser.open()
  const { page } = visit

  await page.goto(`${under.coffer.apiUrl}/console/`)
  await page.getByLabel('API key').fill('not-the-key-at-all')
  await page.getByRole('button', { name: 'Sign in' }).click()

  await page.getByText('This key is not accepted.').waitFor()
  expect(await barriers(page)).toEqual([])
})

test.each([
  ['light', DESKTOP, 'light'],
  ['dark', DESKTOP, 'dark'],
  ['phone', PHONE, 'light'],
] as const)('every page is whole and open to everybody (%s)', async (name, viewport, colours) => {
  await using visit = await browser.open({ viewport, colorScheme: colours })
  const { page, complaints } = visit

  await signIn(page, under.coffer)
  complaints.length = 0
  for (const [path, heading] of PAGES) {
    await goTo(page, path, heading)
    await keepShot(page, `${name}${path.replaceAll('/', '-')}`)

    expect(await overflow(page), path).toBeLessThanOrEqual(0)
    expect(await barriers(page), path).toEqual([])
  }
  expect(complaints).toEqual([])
})

test('a deposit arrives while one looks on, and fills up until it is credited', async () => {
  await using visit = await browser.open()
  const { page, complaints } = visit
  await signIn(page, under.coffer)
  complaints.length = 0
  await goTo(page, '/deposits', 'Deposits')
  await page.getByText('No deposits so far').waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  // What can't be asked for is told.
  const list = '**/v1/deposits?*'
  await page.route(list, (route) => route.abort())

  const { deposits } = await under.pay({ count: 1, blocks: 1 })

  const credited = page.getByRole('cell', { name: /Credited/ })
  await credited.first().waitFor()
  await page.unroute(list)
  complaints.length = 0
  await page.getByLabel('Transaction, address or user').fill(deposits[0]?.txHash ?? '')
  await page.getByRole('link', { name: /^0x/ }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Story of a deposit' }).waitFor()
  for (const step of ['deposit.confirmed', 'custody', 'owner.available']) {
    await page.getByText(step).first().waitFor()
  }
  await keepShot(page, 'deposit')
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('a deposit arrives though nobody is told, and they are told again when they can be', async () => {
  await using visit = await browser.open()
  const { page } = visit
  const stream = '**/v1/deposits/stream*'
  await page.route(stream, (route) => route.abort())
  await signIn(page, under.coffer)
  await goTo(page, '/deposits', 'Deposits')
  await page.getByText('Connection lost, trying again').waitFor()
  const rows = page.getByRole('cell', { name: /Credited/ })
  const before = await rows.count()

  await under.pay({ count: 1, blocks: 1 })

  await rows.nth(before).waitFor()
  await page.unroute(stream)
  await page.getByText('Live', { exact: true }).waitFor()
})

test('a key is made, shown once, used by somebody else, and taken away', async () => {
  const holder = 'grace@example.com'
  await using visit = await browser.open()
  const { page } = visit
  await signIn(page, under.coffer)
  await goTo(page, '/keys', 'API keys')
  await page.getByRole('button', { name: 'New key' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Holder').fill(holder)
  await sheet.getByLabel('Role').selectOption('auditor')
  await sheet.getByRole('button', { name: 'New key' }).click()
  const secret = (await page.locator('.secret').innerText()).trim()
  await keepShot(page, 'key')
  expect(await barriers(page)).toEqual([])
  await page.getByRole('button', { name: 'It is stored, put it away' }).click()
  expect(await page.getByText(secret).count()).toBe(0)

  await using other = await browser.open()
  await signIn(other.page, { apiUrl: under.coffer.apiUrl, apiKey: secret })
  await goTo(other.page, '/owners', 'Owners')
  // Who only reads is offered nothing else.
  expect(await other.page.getByRole('button', { name: 'New user' }).count()).toBe(0)
  await page.getByRole('row', { name: holder }).getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('row', { name: holder }).waitFor({ state: 'detached' })
  // It may be good for another second.
  const door = other.page.getByLabel('API key')
  const isShut = async () => {
    await other.page.reload()
    await door.or(other.page.locator('#content')).first().waitFor()
    return await door.isVisible()
  }
  await waitFor(isShut, { what: 'the key to be refused' })

  await goTo(page, '/audit', 'Audit log')
  await page
    .getByRole('row', { name: /POST \/v1\/keys\/\w+\/revoke/ })
    .first()
    .waitFor()
})

test('a payer sees what to pay and to where, and needs no key', async () => {
  const { coffer } = under
  const client = cofferClient({ baseUrl: coffer.apiUrl, apiKey: coffer.apiKey })
  const asset = coffer.chain?.assets.find(({ symbol }) => symbol === 'TUSD')?.id ?? ''
  const body = { name: 'Tea & Sons', email: 'tea@example.com' }
  const { id: merchant } = await answerOf(client.POST('/v1/merchants', { body }))
  const terms = { merchant, asset, amount: '42500000', channel: 'onchain' } as const
  const asked = client.POST('/v1/payments', { body: { ...terms, reference: 'order-1' } })
  const { id } = await answerOf(asked)
  await using visit = await browser.open({ viewport: PHONE })
  const { page, complaints } = visit

  await page.goto(`${coffer.apiUrl}/pay/${id}`)

  await page.getByRole('heading', { name: 'Payment to Tea & Sons' }).waitFor()
  await page.getByText('42.5 TUSD').first().waitFor()
  await page.getByRole('img', { name: /QR code/ }).waitFor()
  await keepShot(page, 'payer')
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('a second person approves a withdrawal, and exactly what is shown', async () => {
  const { coffer, owners } = under
  const client = cofferClient({ baseUrl: coffer.apiUrl, apiKey: coffer.apiKey })
  const [[address = '', id = ''] = []] = owners
  const paid = { to: address, asset: COIN, amount: 1_000_000_000_000_000_000n }
  await payTransfers(coffer.urls.RPC_URLS, [paid])
  const params = { path: { id } }
  const credited = async () => {
    const { items } = await answerOf(client.GET('/v1/users/{id}/balances', { params }))
    return items.some(({ asset, available }) => asset === COIN && BigInt(available) >= paid.amount)
  }
  await waitFor(credited, { what: 'the coin to be credited' })
  const body = { asset: COIN, to: `0x${'5a'.repeat(20)}`, amount: '250000000000000000' }
  const asked = await answerOf(client.POST('/v1/users/{id}/withdrawals', { params, body }))
  await using first = await browser.open()
  await signIn(first.page, coffer)
  await goTo(first.page, `/withdrawals/${asked.id}`, 'Withdrawal')
  await first.page.getByRole('button', { name: 'Approve' }).click()
  const own = first.page.getByRole('dialog')
  await own.getByRole('button', { name: 'Approve' }).click()
  await own.getByText('APPROVAL_REFUSED').waitFor()

  const holder = { holder: 'ada@example.com', role: 'operator' } as const
  const { secret: apiKey } = await answerOf(client.POST('/v1/keys', { body: holder }))
  await using visit = await browser.open()
  const { page } = visit
  await signIn(page, { ...coffer, apiKey })
  await goTo(page, `/withdrawals/${asked.id}`, 'Withdrawal')
  await page.getByRole('button', { name: 'Approve' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByText('0.25').waitFor()
  expect(await barriers(page)).toEqual([])
  await keepShot(page, 'approval')
  await sheet.getByRole('button', { name: 'Approve' }).click()

  await page.getByText('Approved. It is paid now.').waitFor()
  const found = client.GET('/v1/withdrawals/{id}', { params: { path: { id: asked.id } } })
  expect(await answerOf(found)).toMatchObject({ status: 'queued', approvedBy: 'ada@example.com' })
})

test('a month of an owner is saved as a table that adds up', async () => {
  const [owner = ''] = under.owners.values()
  await using visit = await browser.open()
  const { page } = visit
  await signIn(page, under.coffer)
  await page.goto(`${under.coffer.apiUrl}/console/owners/${owner}`)

  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download as CSV' }).click()
  const file = await saving
  const [head = '', ...lines] = (await readFile(await file.path(), 'utf8')).trim().split('\r\n')

  const columns = head.split(',')
  const rows = lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(columns.map((column, place) => [column, cells[place] ?? '']))
  })
  const units = rows.map(({ amountUnits, balanceUnits }) => [amountUnits, balanceUnits])
  const sum = units.reduce((total, [amount = '']) => total + BigInt(amount), 0n)
  expect(rows.map(({ code }) => code)).toEqual([
    'opening',
    ...Array(rows.length - 2).fill('deposit.credit'),
    'closing',
  ])
  expect(sum).toBeGreaterThan(0n)
  expect(units.at(-1)?.[1]).toBe(`${BigInt(units[0]?.[1] ?? '') + sum}`)
})

test('a tenant makes a merchant, and is not asked for what the platform keeps', async () => {
  const { coffer } = under
  const client = cofferClient({ baseUrl: coffer.apiUrl, apiKey: coffer.apiKey })
  const { id: tenant } = await answerOf(client.POST('/v1/tenants', { body: { name: 'Teas' } }))
  const holder = { holder: 'owner@teas.example', role: 'owner', tenant } as const
  const { secret: apiKey } = await answerOf(client.POST('/v1/keys', { body: holder }))
  await using visit = await browser.open()
  const { page } = visit
  await signIn(page, { ...coffer, apiKey })
  await goTo(page, '/merchants', 'Merchants')

  await page.getByRole('button', { name: 'New merchant' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Name').fill('Green Teas')
  await sheet.getByLabel('E-mail').fill('green@teas.example')
  expect(await sheet.getByLabel(/Fee/).count()).toBe(0)
  await sheet.getByRole('button', { name: 'New merchant' }).click()

  await page.getByRole('heading', { level: 1, name: 'Green Teas' }).waitFor()
  const made = page.url()
  // Books name whom they are of by ids alone.
  await page.goto(made.replace('/merchants/', '/owners/'))
  await page.getByRole('heading', { level: 1, name: 'Green Teas' }).waitFor()
  expect(page.url()).toBe(made)
})

test('it speaks Chinese, and keeps what was chosen', async () => {
  await using visit = await browser.open({ locale: 'zh-CN' })
  const { page } = visit
  await page.goto(`${under.coffer.apiUrl}/console/`)
  await page.getByLabel('API 密钥').waitFor()

  await page.getByRole('button', { name: 'English' }).click()
  await page.reload()

  await page.getByLabel('API key').waitFor()
  expect(await page.getAttribute('html', 'lang')).toBe('en')
})
