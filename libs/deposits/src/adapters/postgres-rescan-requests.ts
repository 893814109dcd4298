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
      return row as RescanView
    },
    async find(id) {
      const [row] = await postgres.select().from(rescans).where(eq(rescans.id, id))
      return row as RescanView | undefined
    },
  }
}
