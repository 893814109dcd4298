import type { Postgres } from '@coffer/postgres/open-postgres'
import { ownedBy } from '@coffer/wallets/owned-by'
import { and, desc, eq, lt, type SQL } from 'drizzle-orm'
import type { PaymentReader, PaymentView } from '../ports.ts'
import { orders, payments } from '../schema.ts'

/** {@link PaymentReader} in PostgreSQL. */
export function postgresPaymentReader(postgres: Postgres): PaymentReader {
  const select = (where: SQL | undefined, limit?: number) => {
    const rows = postgres
      .select()
      .from(payments)
      .innerJoin(orders, eq(orders.id, payments.orderId))
      .where(where)
      .orderBy(desc(payments.id))
    return limit === undefined ? rows : rows.limit(limit)
  }
  return {
    async find(id) {
      return (await select(eq(payments.id, id))).map(viewOf)[0]
    },
    async findOrder(id) {
      const rows = await select(eq(payments.orderId, id))
      const [first] = rows
      if (first === undefined) return undefined
      const { merchantId, reference, description, asset, amount } = first.orders
      return {
        ...{ id, merchantId, reference, asset, amount, createdAt: first.orders.createdAt },
        description: description ?? undefined,
        cancelledAt: first.orders.cancelledAt ?? undefined,
        payments: rows.map(viewOf).reverse(),
      }
    },
    async list({ tenant, merchantId, status }, { before, limit }) {
      const rows = await select(
        and(
          ownedBy(tenant, payments.merchantId),
          merchantId === undefined ? undefined : eq(payments.merchantId, merchantId),
          status === undefined ? undefined : eq(payments.status, status),
          before === undefined ? undefined : lt(payments.id, before),
        ),
        limit,
      )
      return rows.map(viewOf)
    },
  }
}

type Row = { payments: typeof payments.$inferSelect; orders: typeof orders.$inferSelect }

const viewOf = ({
  payments: { isOver: _, ...payment },
  orders: { reference },
}: Row): PaymentView => ({
  ...payment,
  reference,
  address: payment.address ?? undefined,
  paidAt: payment.paidAt ?? undefined,
  refusal: payment.refusal ?? undefined,
})
