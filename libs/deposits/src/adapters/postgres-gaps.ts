import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { GapStore } from '../gap-ports.ts'
import { gaps } from '../schema.ts'
import { closeGaps, openGap } from './gap-rows.ts'
import { gapOf } from './postgres-gap-reader.ts'
import { type Lease, lockChain } from './scan-lease.ts'

/** The gaps of one chain in PostgreSQL. */
export function gapStore(
  postgres: Postgres,
  chain: ChainId,
  lease: () => Lease | undefined,
): GapStore {
  const leased = (write: (tx: Transaction) => Promise<unknown>): Promise<void> =>
    postgres.transaction(async (tx) => {
      await lockChain(tx, chain, lease())
      await write(tx)
    })
  return {
    openGap: (gap) => leased((tx) => openGap(tx, chain, gap)),

    async nextGap(kind) {
      const [row] = await postgres
        .select()
        .from(gaps)
        .where(and(eq(gaps.chain, chain), eq(gaps.kind, kind), isNull(gaps.closedAt)))
        .orderBy(asc(gaps.attempts), asc(gaps.fromBlock), asc(gaps.id))
        .limit(1)
      return row && gapOf(row)
    },

    closeGaps: (range) => leased((tx) => closeGaps(tx, chain, range)),

    failGap: (id, error) =>
      leased((tx) =>
        tx.execute(sql`
          update deposits.gaps set attempts = attempts + 1, last_error = ${error}
          where id = ${id.toString()} and chain = ${chain} and closed_at is null`),
      ),
  }
}
