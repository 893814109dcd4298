import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HealthProbes, healthAnswer, METRICS_TYPE, readyAnswer } from './health.ts'

export type { HealthProbes, ReadyReport } from './health.ts'

export type HealthServerOptions = HealthProbes & {
  /** 0 takes a free one. */
  port: number
  host?: string
}

/**
 * Serves `/health`, `/ready` and `/metrics` for a process that has no API, until it is disposed.
 * Resolves when it listens; throws when the port is taken.
 */
export async function healthServer({
  port,
  host = '127.0.0.1',
  ...probes
}: HealthServerOptions): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => {
    answer(probes, request.method, request.url, response).catch(() => {
      send(response, 500, 'application/json', '{"status":"failed"}')
    })
  })
  server.listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(
  probes: HealthProbes,
  method: string | undefined,
  url: string | undefined,
  response: ServerResponse,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return send(response, 405, 'application/json', '{"status":"method not allowed"}')
  }
  switch (url?.split('?')[0]) {
    case '/health': {
      const { status, body } = healthAnswer(probes)
      return send(response, status, 'application/json', JSON.stringify(body))
    }
    case '/ready': {
      const { status, body } = await readyAnswer(probes)
      return send(response, status, 'application/json', JSON.stringify(body))
    }
    case '/metrics':
      return send(response, 200, METRICS_TYPE, await probes.metrics())
    default:
      return send(response, 404, 'application/json', '{"status":"not found"}')
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
