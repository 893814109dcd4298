import { parseChainId } from '@coffer/money/chain-id'
import { silentLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { expect, test } from 'vitest'
import { endpointTelemetry } from './endpoint-telemetry.ts'

const CHAIN = parseChainId('eip155:31337')

const status = {
  endpoint: 'node:8545',
  circuit: 'closed' as const,
  foreign: false,
  failures: 0,
  head: 12n,
  lagBlocks: 2n,
  latencyMs: 250,
  inFlight: 1,
  concurrency: 8,
  rate: 100,
  batchCalls: 200,
  logBlocks: 2_000,
}

test('tells how each endpoint is at the moment it is asked', async () => {
  const metrics = createMetrics('scanner')
  const telemetry = endpointTelemetry(metrics, silentLogger)(CHAIN)
  let now: typeof status | (Omit<typeof status, 'circuit'> & { circuit: 'open' }) = status
  telemetry.follow(() => [now])

  expect(await readingOf(metrics, 'coffer_rpc_up')).toBe(1)
  expect(await readingOf(metrics, 'coffer_rpc_head')).toBe(12)
  expect(await readingOf(metrics, 'coffer_rpc_latency_seconds')).toBe(0.25)

  now = { ...status, circuit: 'open' }
  expect(await readingOf(metrics, 'coffer_rpc_up')).toBe(0)
})

test('counts requests, and failures by their kind', async () => {
  const metrics = createMetrics('scanner')
  const { observer } = endpointTelemetry(metrics, silentLogger)(CHAIN)

  observer.requested('node:8545', { what: 'eth_chainId', ms: 20 })
  observer.failed('node:8545', 'timeout', new Error('no answer'))
  observer.disagreed('node:8545', '0x1', '0x2')

  expect(await readingOf(metrics, 'coffer_rpc_requests_total')).toBe(1)
  expect(await readingOf(metrics, 'coffer_rpc_disagreements_total')).toBe(1)
  const failures = await metrics.getSingleMetric('coffer_rpc_failures_total')?.get()
  expect(failures?.values).toMatchObject([{ value: 1, labels: { kind: 'timeout' } }])
})

async function readingOf(metrics: ReturnType<typeof createMetrics>, name: string) {
  const metric = await metrics.getSingleMetric(name)?.get()
  return metric?.values[0]?.value
}
