import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, count, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { Gap, GapReader } from '../gap-ports.ts'
import { gaps } from '../schema.ts'

/** {@link GapReader} in PostgreSQL. */
export function postgresGapReader(postgres: Postgres): GapReader {
  return {
    async list({ chain, isOpen }, { before, limit }) {
      const rows = await postgres
        .select()
        .from(gaps)
        .where(
          and(
            chain === undefined ? undefined : eq(gaps.chain, chain),
            isOpen === undefined ? undefined : (isOpen ? isNull : isNotNull)(gaps.closedAt),
            before === undefined ? undefined : lt(gaps.id, before),
          ),
        )
        .orderBy(desc(gaps.id))
        .limit(limit)
      return rows.map(gapOf)
    },
    async find(id) {
      const [row] = await postgres.select().from(gaps).where(eq(gaps.id, id))
      return row && gapOf(row)
    },
    async counts() {
      const { chain, kind, fromBlock, toBlock, closedAt } = gaps
      const rows = await postgres
        .select({
          chain,
          kind,
          gaps: count(),
          blocks: sql`sum(${toBlock} - ${fromBlock} + 1)`.mapWith(BigInt),
        })
        .from(gaps)
        .where(isNull(closedAt))
        .groupBy(chain, kind)
        .orderBy(chain, kind)
      return rows.map((row) => ({ ...row, chain: row.chain as ChainId }))
    },
  }
}

export const gapOf = (row: typeof gaps.$inferSelect): Gap => ({
  ...row,
  chain: row.chain as ChainId,
})
