import { waitFor } from '@coffer/testkit/wait-for'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { WEBHOOK_WAITS_MS } from '../domain/retry-schedule.ts'
import type { PostWebhook } from '../ports.ts'
import { paymentSucceeded } from '../testing/heard.ts'
import {
  MERCHANT,
  type WebhooksUnderTest,
  webhooksUnderTest,
} from '../testing/webhooks-under-test.ts'

let under: WebhooksUnderTest

beforeAll(async () => {
  under = await webhooksUnderTest()
})
beforeEach(() => under.clear())
afterAll(() => under[Symbol.asyncDispose]())

test('an event goes to every endpoint that wants it, signed, and that is announced', async () => {
  const { endpoint, secret } = await under.newEndpoint()
  const { endpoint: other } = await under.newEndpoint('/orders', ['order.paid'])
  const event = paymentSucceeded(MERCHANT, 'payment:1.2')
  await under.tell(event)
  await under.tell(event)

  await under.deliver(endpoint)
  await under.deliver(other)

  expect(under.receiver.received.map(({ path }) => path)).toEqual(['/hooks'])
  const { headers, body } = under.received()
  expect(new Webhook(secret).verify(body, headers)).toEqual({
    type: 'payment.succeeded',
    timestamp: event.headers['ce_time'],
    data: JSON.parse(event.value),
  })
  expect(headers['webhook-id']).toBe('payment:1~2')
  expect(await under.database.announced()).toMatchObject([
    { type: 'notification.sent', data: { owner: MERCHANT, by: 'webhook', attempts: 1 } },
  ])
})

test('A12: what was changed on the way, or is old, does not verify', async () => {
  const { endpoint, secret } = await under.newEndpoint()
  await under.tell(paymentSucceeded(MERCHANT))
  await under.deliver(endpoint)
  const { headers, body } = under.received()
  const verifier = new Webhook(secret)

  expect(() => verifier.verify(body.replace('249990000', '249990001'), headers)).toThrow()
  const old = { ...headers, 'webhook-timestamp': `${Number(headers['webhook-timestamp']) - 600}` }
  expect(() => verifier.verify(body, old)).toThrow()
  expect(() => verifier.verify(body, { ...headers, 'webhook-id': 'another' })).toThrow()
})

test('what goes to one endpoint goes one after the other, the oldest first, however many work at it', async () => {
  const { endpoint } = await under.newEndpoint()
  const ids = ['a', 'b', 'c', 'd']
  for (const id of ids) await under.tell(paymentSucceeded(MERCHANT, id))
  let inFlight = 0
  let inFlightMax = 0
  const counting: PostWebhook = async (request) => {
    inFlight += 1
    inFlightMax = Math.max(inFlightMax, inFlight)
    const status = await under.post(request)
    inFlight -= 1
    return status
  }

  await Promise.all(Array.from({ length: 4 }, () => under.deliver(endpoint, counting)))

  expect(under.receivedIds()).toEqual(ids)
  expect(inFlightMax).toBe(1)
})

test.each([500, 404, 302, 'hang'] as const)(
  'an endpoint that answers %s is tried again later, and rests meanwhile',
  async (answer) => {
    const { endpoint } = await under.newEndpoint()
    await under.tell(paymentSucceeded(MERCHANT, 'a'), paymentSucceeded(MERCHANT, 'b'))
    under.receiver.answers.set('/hooks', answer)

    const waitMs = await under.deliver(endpoint)
    await under.deliver(endpoint)

    expect(waitMs).toBeGreaterThan(0)
    expect(under.receiver.received.map(({ path }) => path)).toEqual(['/hooks'])
    expect(await under.webhooks()).toMatchObject([
      { state: 'waiting', attempts: 1, eventId: 'a' },
      { state: 'waiting', attempts: 0, eventId: 'b' },
    ])
    under.receiver.answers.clear()
    await under.database.letTimePass()
    await under.deliver(endpoint)
    expect((await under.webhooks()).map(({ state }) => state)).toEqual(['sent', 'sent'])
    expect((await under.endpoints.list(MERCHANT))[0]?.failingSince).toBeUndefined()
  },
)

test('one that never succeeds is given up after some 75 hours, and that is announced', async () => {
  const { endpoint } = await under.newEndpoint()
  await under.tell(paymentSucceeded(MERCHANT))
  under.receiver.answers.set('/hooks', 503)

  for (const _ of [...WEBHOOK_WAITS_MS, 'last']) {
    await under.database.letTimePass()
    await under.deliver(endpoint)
  }

  expect(await under.webhooks()).toMatchObject([{ state: 'failed', attempts: 10 }])
  expect(await under.database.announced()).toMatchObject([
    { type: 'notification.failed', data: { attempts: 10, reason: 'status 503' } },
  ])
})

test('one whose sender died after it was taken is sent again under the same webhook-id', async () => {
  const { endpoint } = await under.newEndpoint()
  await under.tell(paymentSucceeded(MERCHANT, 'a'))
  void under.deliver(endpoint, async (request) => {
    await under.post(request)
    return await new Promise<number>(() => undefined)
  })
  await expect.poll(() => under.receiver.received.length).toBe(1)

  await under.deliver(endpoint)
  expect(under.receiver.received).toHaveLength(1)
  await under.database.letTimePass()
  await under.deliver(endpoint)

  expect(under.receivedIds()).toEqual(['a', 'a'])
  expect(await under.webhooks()).toMatchObject([{ state: 'sent', attempts: 2 }])
})

test('L14: an endpoint that hangs holds up no other', async () => {
  const { endpoint: hanging } = await under.newEndpoint('/hangs')
  const { endpoint } = await under.newEndpoint('/well')
  under.receiver.answers.set('/hangs', 'hang')
  for (const id of ['a', 'b', 'c']) await under.tell(paymentSucceeded(MERCHANT, id))

  const slow = under.deliver(hanging)
  const hangs = () => under.receiver.received.some(({ path }) => path === '/hangs')
  await waitFor(hangs, { what: 'the endpoint that hangs to be asked' })
  await under.deliver(endpoint)

  const well = under.receiver.received.filter(({ path }) => path === '/well')
  expect(well.map(({ headers }) => headers['webhook-id'])).toEqual(['a', 'b', 'c'])
  await slow
  expect(under.receiver.received.filter(({ path }) => path === '/hangs')).toHaveLength(1)
})
