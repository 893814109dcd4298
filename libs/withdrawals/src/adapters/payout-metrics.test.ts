import { createMetrics } from '@coffer/telemetry/metrics'
import { expect, test } from 'vitest'
import { prometheusPayoutMetrics } from './payout-metrics.ts'

test('whether the signer answers is told, even while the database does not', async () => {
  const registry = createMetrics('test')
  const away = () => Promise.reject(new Error('away'))
  const signer = { addresses: async () => [] as never[] }
  const postgres = { execute: away } as never
  prometheusPayoutMetrics(registry, { postgres, stuckAfterMs: 1, signer })
  const told = async () => /^coffer_signer_up\S* (\d)/m.exec(await registry.metrics())?.[1]

  expect(await told()).toBe('1')
  signer.addresses = away
  expect(await told()).toBe('0')
})
