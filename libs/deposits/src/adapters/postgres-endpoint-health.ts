import type { EndpointStatus } from '@coffer/evm/endpoint-observer'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { asc, gt, sql } from 'drizzle-orm'
import type { EndpointHealth } from '../endpoint-ports.ts'
import { endpoints } from '../schema.ts'

/** One that no scanner has told of for longer is configured no more. */
const FORGOTTEN_AFTER = sql`interval '10 minutes'`

/** {@link EndpointHealth} in PostgreSQL. */
export const postgresEndpointHealth = (postgres: Postgres): EndpointHealth => ({
  async tell(chain, statuses) {
    // Two URLs of one host have one name.
    const rows = new Map(statuses.map((status) => [status.endpoint, rowOf(chain, status)]))
    if (rows.size === 0) return
    await postgres
      .insert(endpoints)
      .values([...rows.values()])
      .onConflictDoUpdate({
        target: [endpoints.chain, endpoints.endpoint],
        set: {
          state: sql`excluded.state`,
          headNumber: sql`excluded.head_number`,
          lagBlocks: sql`excluded.lag_blocks`,
          latencyMs: sql`excluded.latency_ms`,
          failures: sql`excluded.failures`,
          toldAt: sql`excluded.told_at`,
        },
      })
  },
  async list() {
    const rows = await postgres
      .select()
      .from(endpoints)
      .where(gt(endpoints.toldAt, sql`now() - ${FORGOTTEN_AFTER}`))
      .orderBy(asc(endpoints.chain), asc(endpoints.endpoint))
    return rows.map(({ chain, headNumber: head, ...row }) => {
      return { ...row, head, chain: chain as ChainId }
    })
  },
})

const rowOf = (chain: ChainId, status: EndpointStatus): typeof endpoints.$inferInsert => ({
  ...{ chain, endpoint: status.endpoint, failures: status.failures },
  state: status.foreign ? 'foreign' : status.circuit === 'open' ? 'resting' : 'asked',
  headNumber: status.head ?? null,
  lagBlocks: status.lagBlocks,
  latencyMs: Math.round(status.latencyMs),
})
