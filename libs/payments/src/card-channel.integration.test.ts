import { randomUUID } from 'node:crypto'
import { bookPayments, isPaymentEvent } from '@coffer/ledger/book-payments'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { postgresUnitOfWork } from '@coffer/ledger/unit-of-work'
import { currencyAssetId } from '@coffer/money/asset'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { testCards } from '@coffer/sandbox/test-cards'
import { SANDBOX_SECRET } from '@coffer/sandbox/testing/running-sandbox'
import { waitFor } from '@coffer/testkit/wait-for'
import { eq, sql } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresChargeRooms } from './adapters/postgres-charges.ts'
import { postgresDestinations } from './adapters/postgres-destinations.ts'
import { postgresPaymentReader } from './adapters/postgres-payment-reader.ts'
import { postgresRefundReader, postgresRefundRooms } from './adapters/postgres-refunds.ts'
import { sandboxChannel } from './adapters/sandbox-channel.ts'
import type { CardChannel } from './channel-ports.ts'
import { charges, unknownCallbacks } from './schema.ts'
import { type SandboxPayments, sandboxPayments } from './testing/sandbox-payments.ts'
import { applyChargeReport } from './usecases/apply-charge-report.ts'
import { beginCharges } from './usecases/begin-charges.ts'
import { chargePayment } from './usecases/charge-payment.ts'
import { requestRefund } from './usecases/request-refund.ts'

const USD = currencyAssetId('USD')

let all: SandboxPayments
beforeAll(async () => {
  all = await sandboxPayments()
})
afterAll(() => all[Symbol.asyncDispose]())

const statusOf = async (id: string) => (await all.database.read(id))?.status
const chargeOf = async (id: string) =>
  (await all.database.postgres.select().from(charges).where(eq(charges.paymentId, id)))[0]
const eventsOf = async (id: string) =>
  (await all.database.announced()).flatMap(({ type, data }) =>
    'paymentId' in data && data.paymentId === id && type.startsWith('payment.') ? [type] : [],
  )

test('L7: a payment whose outcome is unknown is asked about before it is charged again', async () => {
  const id = await all.pay('tok_succeed')
  const rooms = postgresChargeRooms(all.database.postgres)
  const now = () => new Date()
  const asked: string[] = []
  let readable = false
  const channel: Pick<CardChannel, 'charge' | 'readCharge'> = {
    async charge(order) {
      asked.push('charge')
      await all.channel.charge(order)
      return { outcome: 'unknown', problem: 'the answer was lost' }
    },
    async readCharge(reference) {
      asked.push('read')
      return readable
        ? await all.channel.readCharge(reference)
        : { outcome: 'unknown', problem: '' }
    },
  }
  const isTransient = () => false
  const apply = applyChargeReport({ rooms, now, againMs: 1, isTransient })
  const problems: string[] = []
  const charge = chargePayment({
    ...{ rooms, channel, now, applyChargeReport: apply, retryMs: 1, isTransient },
    onUnknown: (_, problem) => problems.push(problem),
  })

  await charge(id)
  await charge(id)
  readable = true
  await waitFor(async () => (await statusOf(id)) === 'paid', { what: 'the callback' })
  await charge(id)

  expect(asked).toEqual(['charge', 'read'])
  expect(problems[0]).toBe('the answer was lost')
  expect(await eventsOf(id)).toEqual(['payment.succeeded'])
})

test("a charge that somebody asks for is nobody else's until it is looked at again", async () => {
  const id = await all.pay('tok_succeed')
  const rooms = postgresChargeRooms(all.database.postgres)
  let at = Date.now() + 1_000
  const begin = beginCharges({ rooms, now: () => new Date(at), retryMs: 60_000 })

  const first = await begin([id, randomUUID(), id])
  const tooSoon = await begin([id])
  at += 60_000
  const again = await begin([id])

  expect(first).toMatchObject([{ status: 'waiting', attempts: 0 }, undefined, undefined])
  expect(tooSoon).toEqual([undefined])
  expect(again).toMatchObject([{ status: 'asked', attempts: 1 }])
  expect(await chargeOf(id)).toMatchObject({ attempts: 2, lookAt: new Date(at + 120_000) })
})

test('each card ends as it should, whatever befalls it, and none is charged twice', async () => {
  const ids = new Map<string, string>()
  for (const card of testCards) ids.set(card, await all.pay(card))
  all.run()
  const expected = (card: string) =>
    card === 'tok_decline' ? 'failed' : card === 'tok_charged_back' ? 'charged_back' : 'paid'
  const isOver = async (card: string) => {
    const id = ids.get(card) ?? ''
    const isTold = card !== 'tok_charged_back' || (await eventsOf(id)).length === 2
    return isTold && (await statusOf(id)) === expected(card)
  }

  for (const card of testCards) await waitFor(() => isOver(card), { what: `the end of ${card}` })

  const movements = await all.database.postgres.execute<{ reference: string; kind: string }>(
    sql`select reference, kind from sandbox.movements`,
  )
  for (const [card, id] of ids) {
    const paid = movements.filter(({ reference, kind }) => reference === id && kind === 'payment')
    expect([card, paid.length]).toEqual([card, card === 'tok_decline' ? 0 : 1])
    expect(await chargeOf(id)).toMatchObject({ lookAt: null })
  }
  const back = ids.get('tok_charged_back') ?? ''
  expect(await eventsOf(back)).toEqual(['payment.succeeded', 'payment.failed'])
  expect(await eventsOf(ids.get('tok_decline') ?? '')).toEqual(['payment.failed'])
  expect(await all.database.read(ids.get('tok_decline') ?? '')).toMatchObject({
    refusal: 'card_declined',
  })
})

/** Books whatever was announced so far; what was booked before is known. */
async function book(): Promise<void> {
  const { postgres } = all.database
  const events = (await all.database.announced()).filter(isPaymentEvent)
  await bookPayments({ unitOfWork: postgresUnitOfWork({ postgres }) })(events)
}

const refunding = ({ postgres } = all.database) =>
  requestRefund({
    rooms: postgresRefundRooms(postgres),
    payments: postgresPaymentReader(postgres),
    destinations: postgresDestinations(postgres, []),
    isTransient: isTransientPostgresError,
    now: () => new Date(),
  })

test('a second charge for an order is told of, owed to its payer, and goes back whole', async () => {
  const first = await all.pay('tok_succeed')
  await waitFor(async () => (await statusOf(first)) === 'paid', { what: 'the first charge' })
  const second = await all.pay('tok_succeed', first)
  await waitFor(async () => (await statusOf(second)) === 'duplicate', { what: 'the second charge' })
  expect(await eventsOf(second)).toEqual(['payment.duplicated'])
  const ask = refunding()
  const refund = { paymentId: second, key: randomUUID(), amount: 100n }
  await expect(ask(refund)).rejects.toMatchObject({ code: 'REFUND_TOO_EARLY', retry: 'retry' })

  await book()
  expect(await standingOf(second)).toEqual({ 'owner.available': 100n })
  const { id } = await ask(refund)
  const refunds = postgresRefundReader(all.database.postgres)
  await waitFor(async () => (await refunds.find(id))?.endedAt, { what: 'the refund to end' })
  await book()

  expect(await refunds.find(id)).toMatchObject({ status: 'succeeded', excess: 100n })
  expect(await standingOf(second)).toEqual({})
  expect(await checkLedger(all.database.postgres)).toEqual([])
  // What the sandbox has moved for others may be told of a moment later.
  const agree = async () => {
    await book()
    const [owed] = await all.database.postgres.execute<{ isSame: boolean }>(sql`
      select (select sum(debits_posted - credits_posted) from ledger.accounts
        where code = 'channel.receivable') = sum(case kind when 'payment' then amount
          else -amount end) as "isSame" from sandbox.movements`)
    return owed?.isSame === true
  }
  await waitFor(agree, { what: 'the books to have what the sandbox owes' })
})

/** What the books owe somebody, by account. */
async function standingOf(owner: string): Promise<Record<string, bigint>> {
  const rows = await all.database.postgres.execute<{ code: string; owed: string }>(sql`
    select code, credits_posted - debits_posted as owed from ledger.accounts
    where owner = ${owner} and credits_posted <> debits_posted`)
  return Object.fromEntries(rows.map(({ code, owed }) => [code, BigInt(owed)]))
}

test('a refund goes back to its card, or fails and sets free what was reserved', async () => {
  const { postgres } = all.database
  const ask = refunding()
  const refunds = postgresRefundReader(postgres)
  const paid: string[] = []
  for (const card of ['tok_succeed', 'tok_refund_fails']) {
    const id = await all.pay(card)
    await waitFor(async () => (await statusOf(id)) === 'paid', { what: card })
    paid.push(id)
  }
  await book()
  const ids: string[] = []
  for (const paymentId of paid) {
    ids.push((await ask({ paymentId, key: randomUUID(), amount: 30n })).id)
  }
  const isEnded = async (id: string) => (await refunds.find(id))?.endedAt
  for (const id of ids) await waitFor(() => isEnded(id), { what: 'the refund to end' })
  await book()

  const ended = [await refunds.find(ids[0] ?? ''), await refunds.find(ids[1] ?? '')]
  expect(ended).toMatchObject([{ status: 'succeeded' }, { failure: 'card_closed' }])
  expect(await all.database.read(paid[0] ?? '')).toMatchObject({ refunded: 30n, status: 'paid' })
  expect(await all.database.read(paid[1] ?? '')).toMatchObject({ refunded: 0n })
  await ask({ paymentId: paid[1] ?? '', key: randomUUID(), amount: 100n })
  expect(await checkLedger(postgres)).toEqual([])
})

test('each line of the statement is told of once', async () => {
  const moved = await all.database.postgres.execute<{ count: string }>(
    sql`select count(*) from sandbox.movements`,
  )
  const count = Number(moved[0]?.count)
  const lines = async () =>
    (await all.database.announced()).filter(({ type }) => type === 'statement.line')
  await waitFor(async () => (await lines()).length >= count, { what: 'all lines' })
  // The statement is read over and over meanwhile.
  const later = await all.pay('tok_succeed')
  await waitFor(async () => (await lines()).length > count, { what: 'one more line' })

  const told = await lines()
  expect(told).toHaveLength(count + 1)
  expect(new Set(told.map(({ id }) => id)).size).toBe(count + 1)
  expect(told.at(-1)).toMatchObject({
    data: { channel: 'sandbox', kind: 'payment', reference: later, amount: 100n },
  })
})

const send = async (body: string, change: Record<string, string> = {}, sentAt = new Date()) => {
  const id = `msg_${randomUUID()}`
  const response = await fetch(all.callbackUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(sentAt.getTime() / 1_000)}`,
      'webhook-signature': new Webhook(SANDBOX_SECRET).sign(id, sentAt, body),
      ...change,
    },
    body,
  })
  return { status: response.status, body: await response.json(), id }
}
const told = (reference: string, status = 'succeeded') =>
  JSON.stringify({
    type: `charge.${status}`,
    data: {
      ...{ id: 'ch_1', reference, status, asset: 'sandbox:1/iso4217:USD', amount: '100' },
      movedAt: new Date().toISOString(),
    },
  })

test('L6: a callback that comes again is taken, and changes nothing', async () => {
  const id = await all.pay('tok_callback_lost')
  await waitFor(async () => (await statusOf(id)) === 'paid', { what: 'the payment' })
  const before = await all.database.read(id)

  const answers = [await send(told(id)), await send(told(id)), await send(told(id, 'pending'))]

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(answers.map(({ body }) => body)).toEqual(Array(3).fill({ status: 'known' }))
  expect(await all.database.read(id)).toEqual(before)
  expect(await eventsOf(id)).toEqual(['payment.succeeded'])
})

test('a callback that is forged, old or of nothing that is known changes nothing', async () => {
  const id = await all.pay('tok_delayed')
  const old = new Date(Date.now() - 10 * 60_000)
  const body = told(randomUUID())

  expect((await send(told(id), { 'webhook-signature': 'v1,AAAA' })).status).toBe(401)
  expect((await send(told(id), { 'webhook-id': 'another' })).status).toBe(401)
  expect((await send(told(id), {}, old)).status).toBe(401)
  expect((await send('{"type":"nothing"}')).status).toBe(422)
  const unknown = await send(body)

  expect(unknown.status).toBe(404)
  const kept = await all.database.postgres.select().from(unknownCallbacks)
  expect(kept).toMatchObject([{ id: unknown.id, channel: 'sandbox', body }])
})

test('L22: a channel that is away is asked again, one that refuses is not', async () => {
  const order = { reference: randomUUID(), asset: USD, amount: 1n }
  const away = sandboxChannel({ url: 'http://127.0.0.1:1', key: 'x', callbackUrl: all.callbackUrl })
  const stranger = sandboxChannel({ url: all.sandbox.url, key: 'x', callbackUrl: all.callbackUrl })
  const refused = await all.channel.charge({ ...order, card: 'tok_nobody_knows' })

  for (const channel of [away, stranger]) {
    const answers = [
      await channel.charge({ ...order, card: 'tok_succeed' }),
      await channel.readCharge(order.reference),
      await channel.readRefund(order.reference),
    ]
    expect(answers.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown', 'unknown'])
    await expect(channel.statement('2026-11-21')).rejects.toMatchObject({ code: 'CHANNEL' })
  }
  expect(await all.channel.readCharge(order.reference)).toEqual({ outcome: 'absent' })
  expect(refused).toEqual({ outcome: 'refused', reason: 'sandbox_card' })
  const id = await all.pay('tok_nobody_knows')
  await waitFor(async () => (await statusOf(id)) === 'failed', { what: 'the refusal' })
  expect(await chargeOf(id)).toMatchObject({ status: 'declined', lookAt: null })
})
