import { AppError } from '@coffer/errors/app-error'
import { tenantOf } from '@coffer/http/caller'
import type { Routes } from '@coffer/http/server'
import { parseAssetId } from '@coffer/money/asset'
import { z } from 'zod'
import { type Summary, summaries } from './domain/summary.ts'
import type { StatisticsReader } from './ports.ts'

/** Longest stretch of time that is answered at once, in days, by what it is divided into. */
const DAYS_MAX = { hour: 62, day: 1_100 } as const

const DAY_MS = 86_400_000

const dimensions = {
  from: z.iso.datetime().describe('RFC 3339; its whole hour is counted'),
  to: z.iso.datetime().describe('RFC 3339; hours that begin then or later are not counted'),
  merchant: z.uuid().optional(),
  chain: z.string().min(1).optional().describe('CAIP-2'),
  channel: z
    .enum(['onchain', 'sandbox', 'email', 'webhook'])
    .optional()
    .describe('Of payments and refunds, or by which notifications went'),
}

const summaryQuery = z.strictObject({
  ...dimensions,
  asset: z.string().optional().describe('CAIP-19. Default: each asset by itself'),
  granularity: z.enum(['hour', 'day']).default('day').describe('Of UTC'),
})

const topQuery = z.strictObject({
  ...dimensions,
  asset: z.string().describe('CAIP-19: amounts of several assets are no order'),
  limit: z.coerce.number().int().min(1).max(100).default(10),
})

const units = z.string().describe("Whole number of the asset's smallest unit")
const counted = z.strictObject({ count: z.int(), amount: units })

const summary = z.strictObject({
  start: z.iso.datetime(),
  asset: z.string().nullable().describe('null of what is in none, such as notifications'),
  deposits: z.strictObject({ confirmed: counted, suspended: counted, reversed: counted }),
  credits: z.strictObject({
    count: z.int(),
    averageSeconds: z.number().nullable().describe('From the block of a deposit to its booking'),
  }),
  orders: z.strictObject({ created: counted, paid: counted, cancelled: counted }),
  payments: z.strictObject({
    created: counted,
    succeeded: counted,
    failed: counted,
    expired: counted,
    fees: units,
    successRate: z
      .number()
      .nullable()
      .describe('From 0 to 1, of those that came to an end; null while none did'),
  }),
  refunds: z.strictObject({ succeeded: counted, failed: counted }),
  settlements: counted,
  withdrawals: z.strictObject({
    requested: counted,
    completed: counted,
    failed: counted,
    cancelled: counted,
    fees: units,
  }),
  notifications: z.strictObject({ sent: z.int(), failed: z.int() }),
})

const merchant = z.strictObject({
  merchantId: z.string(),
  name: z.string().nullable(),
  count: z.int(),
  amount: units,
  fees: units,
})

/** What was counted, by hour or day, and of whom most. */
export function analyticsRoutes(reader: StatisticsReader): Routes {
  const tags = ['analytics']
  return async (app) => {
    app.get(
      '/v1/analytics/summary',
      {
        config: { access: 'analytics:read' },
        schema: {
          tags,
          summary: 'What happened, by hour or day and by asset',
          querystring: summaryQuery,
          response: { 200: z.strictObject({ items: z.array(summary) }) },
        },
      },
      async (request) => {
        const { granularity, asset, ...rest } = request.query
        const stretch = stretchOf(rest, granularity)
        const asked = { ...rest, ...stretch, asset: asset && parseAssetId(asset) }
        const tenant = tenantOf(request)
        const totals = await reader.totals({ ...asked, tenant }, granularity)
        return { items: summaries(totals).map(onWire) }
      },
    )
    app.get(
      '/v1/analytics/top-merchants',
      {
        config: { access: 'analytics:read' },
        schema: {
          tags,
          summary: 'Whose payments brought most of an asset',
          querystring: topQuery,
          response: { 200: z.strictObject({ items: z.array(merchant) }) },
        },
      },
      async (request) => {
        const { asset, limit, ...rest } = request.query
        const asked = { ...rest, ...stretchOf(rest, 'day'), asset: parseAssetId(asset) }
        const found = await reader.topMerchants({ ...asked, tenant: tenantOf(request) }, limit)
        const items = found.map((each) => ({
          merchantId: each.merchant,
          name: each.name ?? null,
          count: each.count,
          amount: `${each.amount}`,
          fees: `${each.fee}`,
        }))
        return { items }
      },
    )
  }
}

function stretchOf(asked: { from: string; to: string }, by: 'hour' | 'day') {
  const [from, to] = [new Date(asked.from), new Date(asked.to)]
  const days = (to.getTime() - from.getTime()) / DAY_MS
  if (days <= 0 || days > DAYS_MAX[by]) throw new AnalyticsRangeError({ ...asked, by })
  return { from, to }
}

const wireOf = ({ count, amount }: { count: number; amount: bigint }) => ({
  count,
  amount: `${amount}`,
})

const eachOnWire = <Name extends string>(
  counts: Record<Name, { count: number; amount: bigint }>,
  ...names: readonly Name[]
) =>
  Object.fromEntries(names.map((name) => [name, wireOf(counts[name])])) as Record<
    Name,
    ReturnType<typeof wireOf>
  >

const onWire = ({ start, asset, payments, withdrawals, ...rest }: Summary) => ({
  start: start.toISOString(),
  asset: asset === '' ? null : asset,
  deposits: eachOnWire(rest.deposits, 'confirmed', 'suspended', 'reversed'),
  credits: rest.credits,
  orders: eachOnWire(rest.orders, 'created', 'paid', 'cancelled'),
  payments: {
    ...eachOnWire(payments, 'created', 'succeeded', 'failed', 'expired'),
    fees: `${payments.fees}`,
    successRate: payments.successRate,
  },
  refunds: eachOnWire(rest.refunds, 'succeeded', 'failed'),
  settlements: wireOf(rest.settlements),
  withdrawals: {
    ...eachOnWire(withdrawals, 'requested', 'completed', 'failed', 'cancelled'),
    fees: `${withdrawals.fees}`,
  },
  notifications: rest.notifications,
})

/** What is asked for is no stretch of time, or one that is too long. */
export class AnalyticsRangeError extends AppError {
  readonly code = 'ANALYTICS_RANGE'

  constructor({ from, to, by }: { from: string; to: string; by: 'hour' | 'day' }) {
    super(
      `From ${from} to ${to} can't be answered by ${by}. Expected a later "to", and ` +
        `${DAYS_MAX[by]} days at most.`,
      { retry: 'never', details: { from, to, by } },
    )
  }
}
