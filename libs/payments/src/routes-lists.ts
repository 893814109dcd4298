import { tenantOf } from '@coffer/http/caller'
import type { Routes } from '@coffer/http/server'
import { z } from 'zod'
import type { TradeReader } from './ports.ts'
import * as wire from './wire.ts'

const limit = z.coerce.number().int().min(1).max(200).default(50)
const cursor = z.uuid().optional().describe('nextCursor of the answer before')
const nextCursor = z.string().nullable().describe('null on the last page')

const merchantQuery = z.strictObject({
  search: z.string().min(1).max(200).optional().describe('A part of the name'),
  limit,
  cursor,
})
const orderQuery = z.strictObject({ merchant: z.uuid().optional(), limit, cursor })

const listedOrder = wire.order.omit({ payments: true })

/** Merchants and orders, as lists. */
export function tradeListRoutes(reader: TradeReader): Routes {
  return async (app) => {
    app.get(
      '/v1/merchants',
      {
        config: { access: 'merchants:read' },
        schema: {
          tags: ['merchants'],
          summary: 'Merchants, newest first',
          querystring: merchantQuery,
          response: { 200: z.strictObject({ items: z.array(wire.merchant), nextCursor }) },
        },
      },
      async (request) => {
        const { search, cursor: before, limit } = request.query
        const filter = { search, tenant: tenantOf(request) }
        const found = await reader.merchants(filter, { before, limit: limit + 1 })
        const items = found.slice(0, limit).map(wire.merchantOnWire)
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
      },
    )
    app.get(
      '/v1/orders',
      {
        config: { access: 'payments:read' },
        schema: {
          tags: ['orders'],
          summary: 'Orders, newest first',
          querystring: orderQuery,
          response: { 200: z.strictObject({ items: z.array(listedOrder), nextCursor }) },
        },
      },
      async (request) => {
        const { merchant: merchantId, cursor: before, limit } = request.query
        const filter = { merchantId, tenant: tenantOf(request) }
        const found = await reader.orders(filter, { before, limit: limit + 1 })
        const items = found.slice(0, limit).map(({ isPaid, ...order }) => ({
          ...{ id: order.id, merchant: order.merchantId, reference: order.reference },
          ...{ description: order.description ?? null, asset: order.asset },
          amount: `${order.amount}`,
          status: statusOf({ isPaid, isCancelled: order.cancelledAt !== undefined }),
          createdAt: order.createdAt.toISOString(),
          cancelledAt: order.cancelledAt?.toISOString() ?? null,
        }))
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
      },
    )
  }
}

/** What is paid after all is paid, cancelled or not. */
function statusOf({ isPaid, isCancelled }: { isPaid: boolean; isCancelled: boolean }) {
  if (isPaid) return 'paid' as const
  return isCancelled ? ('cancelled' as const) : ('open' as const)
}
