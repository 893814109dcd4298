import { expect, test } from 'vitest'
import { type HealthServerOptions, healthServer } from './health-server.ts'

const healthy: HealthServerOptions = {
  port: 0,
  live: () => true,
  ready: async () => ({ ready: true, checks: { postgres: 'ok' } }),
  metrics: async () => 'up 1\n',
}

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url)
  return { status: response.status, body: await response.json() }
}

test('tells that a process is alive and ready, and its metrics', async () => {
  await using server = await healthServer(healthy)

  expect(await get(`${server.url}/health`)).toEqual({ status: 200, body: { status: 'alive' } })
  expect(await get(`${server.url}/ready?x=1`)).toEqual({
    status: 200,
    body: { ready: true, checks: { postgres: 'ok' } },
  })
  const metrics = await fetch(`${server.url}/metrics`)
  expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  expect(await metrics.text()).toBe('up 1\n')
})

test('answers 503 when the process is stuck, not ready, or cannot even say', async () => {
  await using server = await healthServer({
    ...healthy,
    live: () => false,
    ready: async () => ({ ready: false, checks: { postgres: 'away' } }),
  })
  await using failing = await healthServer({
    ...healthy,
    ready: () => Promise.reject(new Error('postgres://user:secret@host')),
  })

  expect(await get(`${server.url}/health`)).toEqual({ status: 503, body: { status: 'stuck' } })
  expect(await get(`${server.url}/ready`)).toEqual({
    status: 503,
    body: { ready: false, checks: { postgres: 'away' } },
  })
  expect(await get(`${failing.url}/ready`)).toEqual({
    status: 503,
    body: { ready: false, checks: { ready: 'a check failed' } },
  })
})

test('knows three routes and only reads', async () => {
  await using server = await healthServer(healthy)

  expect((await fetch(`${server.url}/`)).status).toBe(404)
  const posted = await fetch(`${server.url}/health`, { method: 'POST' })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('says so when the port is taken', async () => {
  await using first = await healthServer(healthy)

  await expect(healthServer({ ...healthy, port: Number(new URL(first.url).port) })).rejects.toThrow(
    /EADDRINUSE/,
  )
})
