import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { BalanceDifferences, BalanceDifferenceView } from '../balance-ports.ts'
import { balanceSkips, balanceDifferences as differences } from '../schema.ts'

/** {@link BalanceDifferences} in PostgreSQL. */
export function postgresBalanceDifferences(postgres: Postgres): BalanceDifferences {
  return {
    async list({ chain, isOpen }, { before, limit }) {
      const rows = await postgres
        .select()
        .from(differences)
        .where(
          and(
            chain === undefined ? undefined : eq(differences.chain, chain),
            isOpen === undefined ? undefined : (isOpen ? isNull : isNotNull)(differences.closedAt),
            before === undefined ? undefined : lt(differences.id, before),
          ),
        )
        .orderBy(desc(differences.id))
        .limit(limit)
      return rows.map(viewOf)
    },
    async find(id) {
      const [row] = await postgres.select().from(differences).where(eq(differences.id, id))
      return row && viewOf(row)
    },
    async skips(limit) {
      const rows = await postgres
        .select()
        .from(balanceSkips)
        .orderBy(desc(balanceSkips.noticedAt))
        .limit(limit)
      return rows.map(({ chain, fromBlock: from, toBlock: to, ...rest }) => {
        return { ...rest, chain: chain as ChainId, from, to }
      })
    },
    async close(id, reason) {
      const closed = await postgres
        .update(differences)
        .set({ closedAt: sql`now()`, closedBy: reason })
        .where(and(eq(differences.id, id), isNull(differences.closedAt)))
        .returning({ id: differences.id })
      return closed.length > 0
    },
  }
}

const viewOf = (row: typeof differences.$inferSelect): BalanceDifferenceView => {
  const { chain, address, asset, fromBlock, toBlock, ...rest } = row
  return {
    ...rest,
    chain: chain as ChainId,
    asset: asset as AssetId,
    holder: address as Address,
    from: fromBlock,
    to: toBlock,
  }
}
