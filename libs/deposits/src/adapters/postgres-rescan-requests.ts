import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { eq } from 'drizzle-orm'
import type { RescanRequests, RescanView } from '../read-ports.ts'
import { rescans } from '../schema.ts'

/** {@link RescanRequests} in PostgreSQL; the chain's scanner finds them there. */
export function postgresRescanRequests(postgres: Postgres): RescanRequests {
  return {
    async add(range) {
      const [row] = await postgres
        .insert(rescans)
        .values({ ...range, nextBlock: range.fromBlock, status: 'pending' })
        .returning()
      return viewOf(row as Row)
    },
    async find(id) {
      const [row] = await postgres.select().from(rescans).where(eq(rescans.id, id))
      return row && viewOf(row)
    },
  }
}

type Row = typeof rescans.$inferSelect

const viewOf = ({ gap: _, chain, ...row }: Row): RescanView => ({
  ...row,
  chain: chain as ChainId,
})
