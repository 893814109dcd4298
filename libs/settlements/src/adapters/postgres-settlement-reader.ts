import type { Postgres } from '@coffer/postgres/open-postgres'
import { ownedBy } from '@coffer/wallets/owned-by'
import { and, asc, desc, eq, lt, sql } from 'drizzle-orm'
import type { SettlementLine } from '../domain/settlement-line.ts'
import type { SettlementReader } from '../ports.ts'
import { lines, settlements } from '../schema.ts'
import { settlementOf } from './settlement-rows.ts'

const PAGE = 1_000

/** {@link SettlementReader} in PostgreSQL. */
export const postgresSettlementReader = (postgres: Postgres): SettlementReader => ({
  async list({ tenant, merchantId, asset, before, limit }) {
    const rows = await postgres
      .select()
      .from(settlements)
      .where(
        and(
          ownedBy(tenant, settlements.merchantId),
          merchantId === undefined ? undefined : eq(settlements.merchantId, merchantId),
          asset === undefined ? undefined : eq(settlements.asset, asset),
          before === undefined ? undefined : lt(settlements.id, before),
        ),
      )
      .orderBy(desc(settlements.id))
      .limit(limit)
    return rows.map(settlementOf)
  },
  async find(id) {
    const [row] = await postgres.select().from(settlements).where(eq(settlements.id, id))
    return row && settlementOf(row)
  },
  async *lines(id) {
    for (let last: SettlementLine | undefined; ; ) {
      const page: SettlementLine[] = await readPage(postgres, id, last)
      yield* page
      last = page.at(-1)
      if (page.length < PAGE) return
    }
  },
})

async function readPage(postgres: Postgres, id: string, last: SettlementLine | undefined) {
  const place = last && sql`(${last.eventAt.toISOString()}::timestamptz, ${last.reference}::text)`
  const rows = await postgres
    .select()
    .from(lines)
    .where(
      and(
        eq(lines.settlementId, id),
        place && sql`(${lines.eventAt}, ${lines.reference}) > ${place}`,
      ),
    )
    .orderBy(asc(lines.eventAt), asc(lines.reference))
    .limit(PAGE)
  return rows.map(({ payment, ...line }) => ({ ...line, payment: payment ?? undefined }))
}
