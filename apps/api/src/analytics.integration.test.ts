import { countEvents } from '@coffer/analytics/count-events'
import { postgresStatistics } from '@coffer/analytics/postgres-statistics'
import { MERCHANT, sampleHistory } from '@coffer/analytics/testing/sample-history'
import { readEvent } from '@coffer/events/event'
import { expect, test } from 'vitest'
import { testApi } from './testing/test-api.ts'

const DAYS = 'from=2026-11-21T00:00:00Z&to=2026-11-23T00:00:00Z'
const ETH = encodeURIComponent('eip155:31337/slip44:60')

test('tells what was counted, by day, by asset and of whom most', async () => {
  await using api = await testApi()
  await countEvents(postgresStatistics(api.postgres))(sampleHistory(5).map(readEvent))

  const all = await api.get(`/v1/analytics/summary?${DAYS}`)
  const ofMerchant = await api.get(
    `/v1/analytics/summary?${DAYS}&asset=${ETH}&merchant=${MERCHANT}`,
  )
  const top = await api.get(`/v1/analytics/top-merchants?${DAYS}&asset=${ETH}`)

  expect(all.body.items.map(({ asset }: { asset: string | null }) => asset)).toEqual([
    null,
    'eip155:31337/slip44:60',
    'sandbox:1/iso4217:USD',
  ])
  expect(ofMerchant.body.items[0]).toMatchObject({
    start: '2026-11-21T00:00:00.000Z',
    deposits: { confirmed: { count: 0, amount: '0' } },
    payments: {
      created: { count: 3, amount: '307' },
      succeeded: { count: 2, amount: '203' },
      expired: { count: 1, amount: '104' },
      fees: '6',
    },
    settlements: { count: 5, amount: '400' },
  })
  expect(ofMerchant.body.items[0].payments.successRate).toBeCloseTo(2 / 3)
  expect(top.body.items).toEqual([
    { merchantId: MERCHANT, name: 'Shop 4', count: 2, amount: '203', fees: '6' },
  ])
})

test('refuses what is no stretch of time, or too long, and what is no asset', async () => {
  await using api = await testApi()
  const statuses = [
    'from=2026-11-21T00:00:00Z&to=2026-11-21T00:00:00Z',
    'from=2026-01-01T00:00:00Z&to=2026-11-21T00:00:00Z&granularity=hour',
    'from=yesterday&to=2026-11-21T00:00:00Z',
    `${DAYS}&asset=ether`,
  ].map(async (query) => (await api.get(`/v1/analytics/summary?${query}`)).status)

  expect(await Promise.all(statuses)).toEqual([422, 422, 400, 400])
})
