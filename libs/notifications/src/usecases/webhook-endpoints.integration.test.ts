import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sealedSecrets } from '../adapters/sealed-secrets.ts'
import { webhookEndpoints } from '../schema.ts'
import { merchantCreated, paymentSucceeded } from '../testing/heard.ts'
import {
  DAY_MS,
  MERCHANT,
  secrets,
  type WebhooksUnderTest,
  webhooksUnderTest,
} from '../testing/webhooks-under-test.ts'
import { rotateWebhookSecret } from './rotate-webhook-secret.ts'

let under: WebhooksUnderTest

beforeAll(async () => {
  under = await webhooksUnderTest()
})
beforeEach(() => under.clear())
afterAll(() => under[Symbol.asyncDispose]())

describe('an endpoint is disabled', () => {
  const disabled = async () => (await under.endpoints.list(MERCHANT))[0]?.disabledReason

  test('at once when it says that it is gone, and its owner is written to', async () => {
    const { endpoint } = await under.newEndpoint('/hooks?token=secret')
    await under.tell(merchantCreated(MERCHANT), paymentSucceeded(MERCHANT))
    under.receiver.answers.set('/hooks?token=secret', 410)

    await under.deliver(endpoint)

    expect(await disabled()).toBe('gone')
    const letters = (await under.database.rows()).filter(({ way }) => way === 'email')
    expect(letters.map(({ eventType }) => eventType)).toContain('webhook-endpoint.disabled')
    const events = await under.database.announced()
    expect(events.map(({ type }) => type)).toEqual([
      'notification.failed',
      'webhook-endpoint.disabled',
    ])
    expect(JSON.stringify(events.at(-1)?.data)).not.toContain('token')
  })

  test('when nothing has succeeded for days, but not while something does', async () => {
    const { endpoint } = await under.newEndpoint()
    under.receiver.answers.set('/hooks', 500)
    const failFor = async (days: number) => {
      await under.tell(paymentSucceeded(MERCHANT))
      await under.deliver(endpoint, under.post, 5 * DAY_MS)
      await under.database.postgres.execute(sql`
        update notifications.webhook_endpoints
        set failing_since = failing_since - make_interval(days => ${days})`)
      await under.database.letTimePass()
      await under.deliver(endpoint, under.post, 5 * DAY_MS)
    }

    await failFor(4)
    expect(await disabled()).toBeUndefined()
    under.receiver.answers.clear()
    await under.database.letTimePass()
    await under.deliver(endpoint, under.post, 5 * DAY_MS)
    under.receiver.answers.set('/hooks', 500)
    await failFor(4)
    expect(await disabled()).toBeUndefined()
    await failFor(2)

    expect(await disabled()).toBe('failing')
  })

  test('and what happens meanwhile is sent when it is enabled', async () => {
    const { endpoint } = await under.newEndpoint()
    await under.tell(paymentSucceeded(MERCHANT, 'a'))
    under.receiver.answers.set('/hooks', 410)
    await under.deliver(endpoint)
    await under.tell(paymentSucceeded(MERCHANT, 'b'), paymentSucceeded(MERCHANT, 'c'))
    under.receiver.answers.clear()

    await under.deliver(endpoint)
    const before = under.receiver.received.length
    const dueBefore = await under.lanes.due(new Date(), 10)
    await under.endpoints.enable(endpoint)
    await under.deliver(endpoint)

    expect([before, dueBefore]).toEqual([1, []])
    const ids = under.receivedIds()
    expect(ids).toEqual(['a', 'b', 'c'])
  })
})

test('after a rotation both secrets sign, until the old one has run out', async () => {
  const { endpoint, secret } = await under.newEndpoint()
  const rotated = await rotateWebhookSecret({ endpoints: under.endpoints, randomBytes })(endpoint)
  const verifies = (by: string) => {
    const { headers, body } = under.received()
    return () => new Webhook(by).verify(body, headers)
  }

  await under.tell(paymentSucceeded(MERCHANT))
  await under.deliver(endpoint)
  expect(verifies(secret)).not.toThrow()
  expect(verifies(`${rotated}`)).not.toThrow()
  await under.database.postgres.update(webhookEndpoints).set({ previousUntil: new Date() })
  await under.tell(paymentSucceeded(MERCHANT))
  await under.deliver(endpoint)

  expect(verifies(secret)).toThrow()
  expect(verifies(`${rotated}`)).not.toThrow()
})

test('the database alone tells no secret, and another endpoint’s does not open as one’s own', async () => {
  const { endpoint, secret } = await under.newEndpoint()
  const { endpoint: other } = await under.newEndpoint('/other')
  const rows = await under.database.postgres.select().from(webhookEndpoints)
  const sealed = rows.find(({ id }) => id === endpoint.id)?.secret ?? Buffer.alloc(0)

  expect(JSON.stringify(rows)).not.toContain(secret)
  expect(sealed.includes(Buffer.from(secret.slice('whsec_'.length), 'base64'))).toBe(false)
  expect(secrets.open(sealed, endpoint.id)).toBe(secret)
  expect(() => secrets.open(sealed, other.id)).toThrow('does not open')
  expect(() => sealedSecrets(randomBytes(32)).open(sealed, endpoint.id)).toThrow('does not open')
})

describe('what ended is sent once more', () => {
  test('one delivery, whatever became of it', async () => {
    const { endpoint } = await under.newEndpoint()
    await under.tell(paymentSucceeded(MERCHANT, 'a'))
    await under.deliver(endpoint)
    const [row] = await under.webhooks()

    expect(await under.endpoints.redrive(endpoint, { delivery: `${row?.id}` })).toBe(1)
    await under.deliver(endpoint)

    expect(under.receivedIds()).toEqual(['a', 'a'])
    const ids = (await under.database.announced()).map(({ id }) => id)
    expect(ids).toEqual([`notification:${row?.id}:1`, `notification:${row?.id}:2`])
  })

  test('all that failed since a moment, or all that was sent too', async () => {
    const { endpoint } = await under.newEndpoint()
    await under.tell(paymentSucceeded(MERCHANT, 'a'), paymentSucceeded(MERCHANT, 'b'))
    await under.deliver(endpoint)
    const redrive = (from: Date, isSentToo: boolean) =>
      under.endpoints.redrive(endpoint, { from, isSentToo })

    expect(await redrive(new Date(0), false)).toBe(0)
    expect(await redrive(new Date(Date.now() + DAY_MS), true)).toBe(0)
    expect(await redrive(new Date(0), true)).toBe(2)
  })
})

test('nothing waits for an endpoint that is deleted, and nobody else deletes it', async () => {
  const { endpoint } = await under.newEndpoint()
  await under.tell(paymentSucceeded(MERCHANT))

  expect(await under.endpoints.remove({ ...endpoint, owner: randomUUID() })).toBe(false)
  expect(await under.endpoints.remove(endpoint)).toBe(true)
  await under.tell(paymentSucceeded(MERCHANT))

  expect(await under.webhooks()).toEqual([])
  expect(await under.endpoints.list(MERCHANT)).toEqual([])
})
