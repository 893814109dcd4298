import { expect, test } from 'vitest'
import { retryingFetch } from './retrying-fetch.ts'

const URL = 'http://127.0.0.1/v1/payments'

const answers = (...statuses: (number | Error)[]) => {
  const seen: string[] = []
  const slept: number[] = []
  const fetch = retryingFetch({
    fetch: async (request) => {
      seen.push(await request.text())
      const next = statuses.shift() ?? 200
      if (next instanceof Error) throw next
      return new Response(null, {
        status: next,
        headers: next === 429 ? { 'retry-after': '3' } : {},
      })
    },
    sleep: async (ms) => void slept.push(ms),
    random: () => 1,
  })
  return { fetch, seen, slept }
}

test('reads again until it passes, waiting twice as long each time', async () => {
  const { fetch, slept } = answers(503, new TypeError('fetch failed'), 502)

  expect((await fetch(new Request(URL))).status).toBe(200)
  expect(slept).toEqual([200, 400, 800])
})

test('waits as long as the server asks', async () => {
  const { fetch, slept } = answers(429)

  expect((await fetch(new Request(URL))).status).toBe(200)
  expect(slept).toEqual([3_000])
})

test('gives up after four tries and answers what it got last', async () => {
  const { fetch, seen } = answers(503, 503, 503, 504, 200)

  expect((await fetch(new Request(URL))).status).toBe(504)
  expect(seen).toHaveLength(4)
})

test('sends a POST once, since nobody knows whether it was done', async () => {
  const { fetch, seen } = answers(new TypeError('fetch failed'))

  await expect(fetch(new Request(URL, { method: 'POST', body: '{}' }))).rejects.toThrow('failed')
  expect(seen).toEqual(['{}'])
})

test('sends a POST under a key again, with its body', async () => {
  const { fetch, seen } = answers(new TypeError('fetch failed'), 503)
  const headers = { 'idempotency-key': 'a' }

  const response = await fetch(new Request(URL, { method: 'POST', body: '{"a":1}', headers }))

  expect(response.status).toBe(200)
  expect(seen).toEqual(['{"a":1}', '{"a":1}', '{"a":1}'])
})

test('takes no refusal for something that passes', async () => {
  const { fetch, seen } = answers(404)

  expect((await fetch(new Request(URL))).status).toBe(404)
  expect(seen).toHaveLength(1)
})
