import { expect, test } from 'vitest'
import { lastMonths } from './months.ts'

test('months begin and end in UTC, the newest first, and go on over the year', () => {
  const months = lastMonths(new Date('2026-02-28T23:59:59Z'), 'en')

  expect(months).toHaveLength(13)
  expect(months.slice(0, 3)).toEqual([
    {
      ...{ value: '2026-02', text: 'February 2026' },
      ...{ from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' },
    },
    expect.objectContaining({ value: '2026-01', to: '2026-02-01T00:00:00.000Z' }),
    expect.objectContaining({ value: '2025-12', to: '2026-01-01T00:00:00.000Z' }),
  ])
})
