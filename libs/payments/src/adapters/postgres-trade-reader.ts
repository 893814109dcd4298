import type { Postgres } from '@coffer/postgres/open-postgres'
import { ownedBy } from '@coffer/wallets/owned-by'
import { and, desc, eq, ilike, inArray, lt } from 'drizzle-orm'
import type { TradeReader } from '../ports.ts'
import { merchants, orders, payments } from '../schema.ts'

/** Statuses of payments that make their order paid. */
const SUCCEEDED = ['paid', 'overpaid', 'paid_late'] as const

/** {@link TradeReader} in PostgreSQL. */
export const postgresTradeReader = (postgres: Postgres): TradeReader => ({
  merchants: ({ search, tenant }, { before, limit }) =>
    postgres
      .select()
      .from(merchants)
      .where(
        and(
          ownedBy(tenant, merchants.id),
          before === undefined ? undefined : lt(merchants.id, before),
          search === undefined
            ? undefined
            : ilike(merchants.name, `%${search.replace(/[\\%_]/g, '\\$&')}%`),
        ),
      )
      // Ids grow with time.
      .orderBy(desc(merchants.id))
      .limit(limit),
  async orders({ merchantId, tenant }, { before, limit }) {
    const rows = await postgres
      .select()
      .from(orders)
      .where(
        and(
          merchantId === undefined ? undefined : eq(orders.merchantId, merchantId),
          ownedBy(tenant, orders.merchantId),
          before === undefined ? undefined : lt(orders.id, before),
        ),
      )
      .orderBy(desc(orders.id))
      .limit(limit)
    const ids = rows.map(({ id }) => id)
    const paid = await postgres
      .select({ orderId: payments.orderId })
      .from(payments)
      .where(and(inArray(payments.orderId, ids), inArray(payments.status, [...SUCCEEDED])))
    const isPaid = new Set(paid.map(({ orderId }) => orderId))
    return rows.map(({ description, cancelledAt, version: _, ...order }) => ({
      ...order,
      description: description ?? undefined,
      cancelledAt: cancelledAt ?? undefined,
      isPaid: isPaid.has(order.id),
    }))
  },
})
