import type { Database } from '@coffer/postgres/open-postgres'
import { and, eq, isNull } from 'drizzle-orm'
import type { SettlementRequests } from '../ports.ts'
import { requests } from '../schema.ts'

/** {@link SettlementRequests} in PostgreSQL. */
export const postgresSettlementRequests = (postgres: Database): SettlementRequests => ({
  async make({ merchantId, asset }, now) {
    const isOpen = and(
      eq(requests.merchantId, merchantId),
      eq(requests.asset, asset),
      isNull(requests.answeredAt),
    )
    for (;;) {
      const [made] = await postgres
        .insert(requests)
        .values({ merchantId, asset, requestedAt: now })
        .onConflictDoNothing()
        .returning()
      const [request] = made ? [made] : await postgres.select().from(requests).where(isOpen)
      // It may have been answered in between.
      if (request !== undefined) return request
    }
  },
  async find(id) {
    const [request] = await postgres
      .select()
      .from(requests)
      .where(and(eq(requests.id, id), isNull(requests.answeredAt)))
    return request
  },
  async answered(id, now) {
    await postgres
      .update(requests)
      .set({ answeredAt: now })
      .where(and(eq(requests.id, id), isNull(requests.answeredAt)))
  },
})
