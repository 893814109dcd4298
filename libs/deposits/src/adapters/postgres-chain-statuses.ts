import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, eq, isNull, min, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { ChainStatuses } from '../read-ports.ts'
import { blocks, chains, gaps } from '../schema.ts'

const secondsSince = (moment: AnyPgColumn) =>
  sql<number | null>`greatest(0, floor(extract(epoch from now() - ${moment})))::float8`

/** {@link ChainStatuses} in PostgreSQL. */
export function postgresChainStatuses(postgres: Postgres): ChainStatuses {
  return {
    async all() {
      const owed = postgres
        .select({ chain: gaps.chain, from: min(gaps.fromBlock).as('from') })
        .from(gaps)
        .where(and(eq(gaps.kind, 'traces'), isNull(gaps.closedAt)))
        .groupBy(gaps.chain)
        .as('owed')
      const rows = await postgres
        .select({
          chain: chains.chain,
          head: chains.headNumber,
          headSeenAt: chains.headSeenAt,
          headAgeSeconds: secondsSince(chains.headSeenAt),
          final: chains.finalNumber,
          checkpoint: chains.checkpointNumber,
          checkpointAgeSeconds: secondsSince(chains.checkpointTime),
          latchedReason: chains.latchedReason,
          traceLagBlocks:
            sql`coalesce(greatest(0, ${chains.checkpointNumber} - ${owed.from} + 1), 0)`.mapWith(
              BigInt,
            ),
          traceLagSeconds: sql<number>`coalesce(${secondsSince(blocks.time)}, 0)`,
          audited: chains.auditedNumber,
        })
        .from(chains)
        .leftJoin(owed, eq(owed.chain, chains.chain))
        .leftJoin(
          blocks,
          and(
            eq(blocks.chain, chains.chain),
            eq(blocks.number, owed.from),
            isNull(blocks.orphanedAt),
          ),
        )
        .orderBy(chains.chain)
      return rows.map(({ checkpointAgeSeconds, chain, ...row }) => ({
        ...row,
        chain: chain as ChainId,
        // A quiet chain's last block is old, yet nothing of it is missing.
        lagSeconds: row.head !== null && row.head === row.checkpoint ? 0 : checkpointAgeSeconds,
      }))
    },
    async scanPosition(chain) {
      const [row] = await postgres
        .select({ checkpoint: chains.checkpointNumber })
        .from(chains)
        .where(eq(chains.chain, chain))
      return (row?.checkpoint ?? -1n) + 1n
    },
  }
}
