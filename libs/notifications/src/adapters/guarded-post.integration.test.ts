import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type WebhookReceiver, webhookReceiver } from '../testing/webhook-receiver.ts'
import { guardedPost } from './guarded-post.ts'
import type { ResolveHost } from './resolve-host.ts'

let receiver: WebhookReceiver
beforeAll(async () => {
  receiver = await webhookReceiver()
})
beforeEach(() => {
  receiver.received.length = 0
})
afterAll(() => receiver[Symbol.asyncDispose]())

const request = (url: string) => ({ url, headers: {}, body: '{}' })
const guarded = (resolve?: ResolveHost) =>
  guardedPost({
    allowPrivate: false,
    allowHttp: true,
    timeoutMs: 2_000,
    ...(resolve ? { resolve } : {}),
  })

/** A name server that answers these, one time after the other. */
const resolvesTo = (...answers: string[][]): ResolveHost => {
  const left = [...answers]
  return async () =>
    (left.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

test.each([
  '127.0.0.1',
  'localhost',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '[::1]',
  '[::ffff:7f00:1]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::7f00:1]',
  '169.254.169.254',
  '100.64.0.1',
])('A7: nothing is sent to %s', async (host) => {
  const { port } = new URL(receiver.url)
  const send = guarded(resolvesTo(['127.0.0.1']))(request(`http://${host}:${port}/`))

  await expect(send).rejects.toMatchObject({ code: 'WEBHOOK_ADDRESS' })
  expect(receiver.received).toEqual([])
})

test('A7: a host is refused when one of its addresses is private', async () => {
  const { port } = new URL(receiver.url)
  const resolve = resolvesTo(['93.184.215.14', '127.0.0.1'])

  const send = guarded(resolve)(request(`http://shop.example:${port}/`))

  await expect(send).rejects.toMatchObject({ code: 'WEBHOOK_ADDRESS' })
  expect(receiver.received).toEqual([])
})

test('A7: one of its addresses refuses a host, though another could be called', async () => {
  const { port } = new URL(receiver.url)
  const resolve = resolvesTo(['127.0.0.1', '127.0.0.2'])
  const isAllowed = (address: string) => address === '127.0.0.1'
  const post = guardedPost({ allowPrivate: false, allowHttp: true, resolve, isAllowed })

  await expect(post(request(`http://shop.example:${port}/`))).rejects.toThrow('127.0.0.2')
  expect(receiver.received).toEqual([])
})

test('A7: a host is asked for once, and what it answers then is what is called', async () => {
  const { port } = new URL(receiver.url)
  let asked = 0
  const rebinding: ResolveHost = async () => {
    asked += 1
    return [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }]
  }
  const isAllowed = (address: string) => address === '127.0.0.1'
  const post = guardedPost({ allowPrivate: false, allowHttp: true, resolve: rebinding, isAllowed })

  expect(await post(request(`http://shop.example:${port}/`))).toBe(204)
  await expect(post(request(`http://shop.example:${port}/`))).rejects.toThrow('127.0.0.2')
  expect([asked, receiver.received.length]).toEqual([2, 1])
})

test('A7: what was connected to is checked once more before a byte is sent', async () => {
  let looked = 0
  // As if the machine's network led somewhere else than the address that was looked up.
  const isAllowed = () => {
    looked += 1
    return looked === 1
  }
  const post = guardedPost({ allowPrivate: false, allowHttp: true, isAllowed })

  await expect(post(request(receiver.url))).rejects.toMatchObject({ code: 'WEBHOOK_ADDRESS' })
  expect([looked, receiver.received.length]).toEqual([2, 0])
})

test('A7: a redirect is an answer like any other, and leads nowhere', async () => {
  receiver.answers.set('/moved', 302)
  const post = guardedPost({ allowPrivate: true, allowHttp: true })

  expect(await post(request(`${receiver.url}/moved`))).toBe(302)
  expect(receiver.received.map(({ path }) => path)).toEqual(['/moved'])
})

test('nothing is sent without TLS unless that is allowed', async () => {
  const post = guardedPost({ allowPrivate: true, allowHttp: false })

  await expect(post(request(receiver.url))).rejects.toMatchObject({ code: 'WEBHOOK_ADDRESS' })
})

test('a receiver that answers nothing is waited for no longer than is allowed', async () => {
  receiver.answers.set('/hangs', 'hang')
  const post = guardedPost({ allowPrivate: true, allowHttp: true, timeoutMs: 100 })

  await expect(post(request(`${receiver.url}/hangs`))).rejects.toThrow()
})
