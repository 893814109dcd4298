import { describeError } from '@coffer/errors/app-error'
import type { EndpointObserver, EndpointStatus } from '@coffer/evm/endpoint-observer'
import type { ChainId } from '@coffer/money/chain-id'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { Counter, Gauge } from 'prom-client'

/** Tells how the endpoints of one chain do. */
export type EndpointTelemetry = {
  observer: EndpointObserver
  /** Reads the gauges from `statuses` whenever Prometheus asks. */
  follow(statuses: () => readonly EndpointStatus[]): void
}

/** Tells of endpoints to the log and to Prometheus; one for all chains of a process. */
export function endpointTelemetry(
  metrics: Metrics,
  logger: Logger,
): (chain: ChainId) => EndpointTelemetry {
  const registers = [metrics]
  const labelNames = ['chain', 'endpoint'] as const
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers })
  const requests = counter('coffer_rpc_requests_total', 'Requests that ended, well or not.')
  const seconds = counter('coffer_rpc_request_seconds_total', 'Time that requests took in all.')
  const disagreed = counter('coffer_rpc_disagreements_total', 'Answers that others outvoted.')
  const failures = new Counter({
    name: 'coffer_rpc_failures_total',
    help: 'Requests that failed, and answers that proved false, by kind.',
    labelNames: [...labelNames, 'kind'],
    registers,
  })
  const followed: { chain: ChainId; statuses: () => readonly EndpointStatus[] }[] = []
  measure(registers, followed)

  return (chain) => ({
    follow: (statuses) => void followed.push({ chain, statuses }),
    observer: {
      requested(endpoint, { ms }) {
        requests.inc({ chain, endpoint })
        seconds.inc({ chain, endpoint }, ms / 1_000)
      },
      failed(endpoint, kind, error) {
        failures.inc({ chain, endpoint, kind })
        logger.debug({ chain, endpoint, kind, error: describeError(error) }, 'endpoint failed')
      },
      circuitMoved: (endpoint, to) =>
        logger.warn({ chain, endpoint, to }, 'endpoint circuit moved'),
      wentBack: (endpoint, heads) =>
        logger.info({ chain, endpoint, ...heads }, 'endpoint tells of a lower head than before'),
      foreign: (endpoint, served) =>
        logger.error({ chain, endpoint, served }, 'endpoint serves another chain'),
      disagreed(endpoint, said, agreed) {
        disagreed.inc({ chain, endpoint })
        logger.error({ chain, endpoint, said, agreed }, 'endpoint contradicts the others')
      },
    },
  })
}

/** Gauges of what each endpoint is like at the moment. */
function measure(
  registers: Metrics[],
  followed: readonly { chain: ChainId; statuses: () => readonly EndpointStatus[] }[],
): void {
  const labelNames = ['chain', 'endpoint'] as const
  const gauge = (name: string, help: string, read: (status: EndpointStatus) => number) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        for (const { chain, statuses } of followed) {
          for (const status of statuses()) {
            this.set({ chain, endpoint: status.endpoint }, read(status))
          }
        }
      },
    })
  gauge('coffer_rpc_up', '1 while the endpoint is asked.', ({ circuit, foreign }) =>
    circuit === 'open' || foreign ? 0 : 1,
  )
  gauge('coffer_rpc_head', 'Newest block the endpoint told of.', ({ head }) => Number(head ?? 0n))
  gauge('coffer_rpc_lag_blocks', 'Blocks behind the others.', ({ lagBlocks }) => Number(lagBlocks))
  gauge(
    'coffer_rpc_latency_seconds',
    'Smoothed time to answer.',
    ({ latencyMs }) => latencyMs / 1_000,
  )
  gauge(
    'coffer_rpc_concurrency',
    'Requests at once that it bears.',
    ({ concurrency }) => concurrency,
  )
}
