import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sandboxMigrations } from './migrations.ts'
import { type RunningSandbox, runningSandbox, SANDBOX_SECRET } from './testing/running-sandbox.ts'

type Told = { id: string; type: string; reference: string; status: string }

let resources: AsyncDisposableStack
let database: TestDatabase
let sandbox: RunningSandbox
/** What callbacks said, and with what status they are answered. */
let told: Told[]
let answers: number[]
let callbackUrl: string

beforeEach(async () => {
  resources = new AsyncDisposableStack()
  told = []
  answers = []
  database = resources.use(await testDatabase([sandboxMigrations]))
  callbackUrl = await receiver()
  sandbox = resources.use(await runningSandbox(database.postgres))
})
afterEach(() => resources.disposeAsync())

const order = (reference: string, card: string) => ({
  reference,
  card,
  asset: 'sandbox:1/iso4217:USD',
  amount: '100',
  callbackUrl,
})
const statusOf = async (reference: string) => {
  const response = await sandbox.call(`/charges/${reference}`)
  return response.ok ? (await read(response)).status : response.status
}
const read = async (response: Response | undefined) =>
  (await response?.json()) as { id: string; reference: string; status: string }
const tolds = (reference: string) => told.filter((each) => each.reference === reference)
const untilTold = (reference: string, count = 1) =>
  waitFor(() => tolds(reference).length >= count, { what: `${count} callbacks of ${reference}` })
const statement = async (format = 'jsonl') => {
  const day = new Date().toISOString().slice(0, 10)
  return await (await sandbox.call(`/statements/${day}?format=${format}`)).text()
}

test('a card is charged once for each reference, told of and in the statement', async () => {
  const made = await sandbox.call('/charges', order('a', 'tok_succeed'))
  expect(made.status).toBe(201)
  expect(await made.json()).toMatchObject({ reference: 'a', status: 'pending', amount: '100' })
  await untilTold('a')
  const again = await read(await sandbox.call('/charges', order('a', 'tok_succeed')))
  const other = await sandbox.call('/charges', { ...order('a', 'tok_succeed'), amount: '101' })

  expect(again).toMatchObject({ status: 'succeeded', movedAt: expect.any(String) })
  expect(other.status).toBe(409)
  expect(tolds('a')).toMatchObject([{ type: 'charge.succeeded', status: 'succeeded' }])
  const lines = (await statement()).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { line: 1, kind: 'payment', reference: 'a', amount: '100', id: again.id },
  ])
  expect(await statement('csv')).toContain(`,1,payment,${again.id},a,`)
})

test('a card that is declined moves nothing, and one that nobody knows is refused', async () => {
  await sandbox.call('/charges', order('no', 'tok_decline'))
  await untilTold('no')

  expect(tolds('no')).toMatchObject([{ type: 'charge.declined' }])
  expect(await statement()).toBe('')
  expect((await sandbox.call('/charges', order('x', '4111'))).status).toBe(422)
})

test('callbacks come twice, out of order or never, as the card has it', async () => {
  await sandbox.call('/charges', order('lost', 'tok_callback_lost'))
  await sandbox.call('/charges', order('twice', 'tok_callback_twice'))
  await sandbox.call('/charges', order('mixed', 'tok_callbacks_out_of_order'))
  await untilTold('twice', 2)
  await untilTold('mixed', 2)

  expect(await statusOf('lost')).toBe('succeeded')
  expect(tolds('lost')).toEqual([])
  expect(new Set(tolds('twice').map(({ id }) => id)).size).toBe(1)
  expect(tolds('mixed').map(({ status }) => status)).toEqual(['succeeded', 'pending'])
})

test('what a request came to is not known where it gets no answer, or an error', async () => {
  const impatient = (reference: string, card: string) =>
    fetch(`${sandbox.url}/charges`, {
      method: 'POST',
      signal: AbortSignal.timeout(300),
      headers: {
        authorization: 'Bearer a-sandbox-key-for-tests',
        'content-type': 'application/json',
      },
      body: JSON.stringify(order(reference, card)),
    })

  await expect(impatient('made', 'tok_timeout')).rejects.toThrow(/timeout/)
  await expect(impatient('lost', 'tok_timeout_lost')).rejects.toThrow(/timeout/)
  expect((await sandbox.call('/charges', order('once', 'tok_error_once'))).status).toBe(500)

  await waitFor(async () => (await statusOf('made')) === 'succeeded', { what: 'the charge' })
  expect(await statusOf('lost')).toBe(404)
  expect(await statusOf('once')).toBe(404)
  expect((await sandbox.call('/charges', order('once', 'tok_error_once'))).status).toBe(201)
})

test('a callback is signed, and sent again until it is taken', async () => {
  answers = [500, 404, 503]
  await sandbox.call('/charges', order('a', 'tok_succeed'))

  await untilTold('a', 4)

  expect(new Set(tolds('a').map(({ id }) => id)).size).toBe(1)
})

test('refunds never exceed their charge, however many ask at once', async () => {
  await sandbox.call('/charges', order('a', 'tok_succeed'))
  await untilTold('a')
  const ask = (reference: string, amount: string) =>
    sandbox.call('/refunds', { reference, charge: 'a', amount, callbackUrl })

  const answered = await Promise.all(Array.from({ length: 5 }, (_, n) => ask(`r${n}`, '40')))
  const granted = answered.filter(({ status }) => status === 201)
  expect(granted).toHaveLength(2)
  const { reference } = await read(granted[0])
  await untilTold(reference)

  expect(tolds(reference)).toMatchObject([{ type: 'refund.succeeded' }])
  expect((await ask(reference, '40')).status).toBe(201)
  expect((await ask(reference, '20')).status).toBe(409)
  expect(await (await sandbox.call(`/refunds/${reference}`)).json()).toMatchObject({
    charge: 'a',
    status: 'succeeded',
  })
})

test('refunds fail and charges are taken back', async () => {
  await sandbox.call('/charges', order('closed', 'tok_refund_fails'))
  await sandbox.call('/charges', order('back', 'tok_charged_back'))
  await sandbox.call('/charges', order('asked', 'tok_succeed'))
  await untilTold('closed')
  await untilTold('asked')
  await sandbox.call('/refunds', { reference: 'r', charge: 'closed', amount: '1', callbackUrl })
  const taken = await sandbox.call('/chargebacks', { charge: 'asked' })
  await sandbox.call('/chargebacks', { charge: 'asked' })
  await untilTold('r')
  await untilTold('back', 2)
  await untilTold('asked', 2)

  expect(tolds('r')).toMatchObject([{ type: 'refund.failed' }])
  expect(await taken.json()).toMatchObject({ status: 'charged_back' })
  expect(tolds('back').map(({ status }) => status)).toEqual(['succeeded', 'charged_back'])
  const kinds = (await statement()).match(/"kind":"[a-z]+"/g)?.toSorted()
  expect(kinds).toEqual([
    '"kind":"chargeback"',
    '"kind":"chargeback"',
    '"kind":"payment"',
    '"kind":"payment"',
    '"kind":"payment"',
  ])
})

test('it knows after a restart what it moved, and goes on with what it owes', async () => {
  answers = Array.from({ length: 50 }, () => 503)
  await sandbox.call('/charges', order('a', 'tok_succeed'))
  await untilTold('a')
  await sandbox[Symbol.asyncDispose]()
  await database.postgres.execute(sql`update sandbox.callbacks set due_at = now()`)
  answers = []
  const before = told.length

  await using again = await runningSandbox(database.postgres)
  await waitFor(() => told.length > before, { what: 'the callback' })

  const { status } = await read(await again.call('/charges/a'))
  expect(status).toBe('succeeded')
})

/** Takes callbacks whose signature is right, and writes them down. */
async function receiver(): Promise<string> {
  const webhook = new Webhook(SANDBOX_SECRET)
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const { type, data } = webhook.verify(body, headers) as { type: string; data: Told }
    const { reference, status } = data
    told.push({ id: headers['webhook-id'] ?? '', type, reference, status })
    response.writeHead(answers.shift() ?? 200).end()
  }
  const server = createServer((request, response) => void take(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  resources.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`
}
