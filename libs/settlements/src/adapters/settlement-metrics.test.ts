import { createMetrics } from '@coffer/telemetry/metrics'
import { expect, test } from 'vitest'
import { measureSettlements } from './settlement-metrics.ts'

test('what is due is counted when it is asked for, and is unknown while the database is away', async () => {
  const metrics = createMetrics('test')
  let due = async () => [{ id: 'request:1' }, { id: 'release:2' }]
  measureSettlements(metrics, () => due())
  const told = async () => /^coffer_settlements_due\S* (\d+)/m.exec(await metrics.metrics())?.[1]

  expect(await told()).toBe('2')
  due = () => Promise.reject(new Error('away'))
  expect(await told()).toBeUndefined()
})
