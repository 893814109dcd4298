import type { AddressInfo } from 'node:net'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { silentLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { runSandbox } from '../sandbox-server.ts'

export const SANDBOX_KEY = 'a-sandbox-key-for-tests'
export const SANDBOX_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

export type RunningSandbox = AsyncDisposable & {
  url: string
  call(path: string, body?: object): Promise<Response>
}

/** The sandbox on `postgres` and a free port, until it is disposed. */
export async function runningSandbox(
  postgres: Postgres,
  { delayMs = 50 }: { delayMs?: number } = {},
): Promise<RunningSandbox> {
  const stopping = new AbortController()
  const listening = Promise.withResolvers<string>()
  const work = runSandbox(
    {
      postgres,
      apiKeys: [SANDBOX_KEY],
      secret: SANDBOX_SECRET,
      delayMs,
      retryMs: 20,
      host: '127.0.0.1',
      port: 0,
      logger: silentLogger,
      metrics: createMetrics('sandbox'),
    },
    (server) => {
      const { port } = server.addresses()[0] as AddressInfo
      listening.resolve(`http://127.0.0.1:${port}`)
    },
  )
  const running = work(stopping.signal).catch((error: unknown) => {
    listening.reject(error)
    throw error
  })
  const url = await listening.promise
  return {
    url,
    call: (path, body) =>
      fetch(url + path, {
        method: body ? 'POST' : 'GET',
        headers: {
          authorization: `Bearer ${SANDBOX_KEY}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}
