import type { Metrics } from '@coffer/telemetry/metrics'
import type { FastifyInstance } from 'fastify'
import { Histogram } from 'prom-client'

/** Measures every answered request by its route's pattern, of which there are only so many. */
export function addRequestMetrics(server: FastifyInstance, metrics: Metrics): void {
  const seconds = new Histogram({
    name: 'coffer_http_request_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [metrics],
  })
  server.addHook('onResponse', ({ method, routeOptions }, { statusCode, elapsedTime }, done) => {
    const route = routeOptions.url ?? 'none'
    seconds.observe({ method, route, status: statusCode }, elapsedTime / 1_000)
    done()
  })
}
