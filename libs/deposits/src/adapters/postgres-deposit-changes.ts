import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { ownedBy } from '@coffer/wallets/owned-by'
import { owners } from '@coffer/wallets/schema'
import { and, asc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import { chains, deposits } from '../schema.ts'
import type { Audience, DepositChanges, StreamedDeposit } from '../stream-ports.ts'

/** Changes that are read at once. */
const CHANGES_MAX = 1_000

/** Of those that wait no more are told at once. */
const WAITING_MAX = 10_000

/**
 * {@link DepositChanges} in PostgreSQL. A transaction's changes are read once all that began before
 * it have ended, so that none commits behind a reader's back.
 */
export function postgresDepositChanges(postgres: Postgres): DepositChanges {
  const select = (limit: number | undefined, ...conditions: (SQL | undefined)[]) => {
    const rows = postgres
      .select({
        ...getTableColumns(deposits),
        checkpoint: chains.checkpointNumber,
        tenant: owners.tenant,
      })
      .from(deposits)
      .leftJoin(chains, eq(chains.chain, deposits.chain))
      .leftJoin(owners, eq(owners.id, deposits.owner))
      .where(and(...conditions))
      .orderBy(asc(deposits.changedIn), asc(deposits.sequence))
    return limit === undefined ? rows : rows.limit(limit)
  }
  const whose = ({ tenant, owner }: Audience) =>
    and(ownedBy(tenant, deposits.owner), owner ? eq(deposits.owner, owner) : undefined)
  return {
    async moment() {
      const rows = await postgres.execute<{
        position: string
        chain: string | null
        checkpoint: string | null
      }>(sql`
        select pg_snapshot_xmin(pg_current_snapshot())::text as position, chain,
          checkpoint_number::text as checkpoint
        from (select 1) as one left join deposits.chains on true`)
      const [first] = rows
      if (first === undefined) throw new Error('A query for one row answered none.')
      const scanned = rows.flatMap(({ chain, checkpoint }): [string, bigint][] =>
        chain === null || checkpoint === null ? [] : [[chain, BigInt(checkpoint)]],
      )
      return { position: BigInt(first.position), checkpoints: new Map(scanned) }
    },
    async between({ from, to }, audience) {
      const since = sql`${deposits.changedIn} >= ${`${from}`}::xid8`
      const before = (end: bigint) => sql`${deposits.changedIn} < ${`${end}`}::xid8`
      const rows = await select(CHANGES_MAX, since, before(to), whose(audience))
      if (rows.length < CHANGES_MAX) return { changed: rows.map(streamed), to }
      // The last transaction may have changed more than is here: it is read from its beginning.
      const last = BigInt(rows.at(-1)?.changedIn ?? from)
      const whole = rows.filter(({ changedIn }) => BigInt(changedIn ?? 0) < last)
      if (whole.length > 0) return { changed: whole.map(streamed), to: last }
      const all = await select(undefined, since, before(last + 1n), whose(audience))
      return { changed: all.map(streamed), to: last + 1n }
    },
    async waiting(of, audience) {
      const isSeen = eq(deposits.status, 'seen')
      const onThese = of === undefined ? undefined : inArray(deposits.chain, [...of])
      return (await select(WAITING_MAX, isSeen, onThese, whose(audience))).map(streamed)
    },
  }
}

type Row = typeof deposits.$inferSelect & { checkpoint: bigint | null; tenant: string | null }

const streamed = ({ tenant, changedIn: _, ...row }: Row): StreamedDeposit => ({
  tenant,
  deposit: { ...row, chain: row.chain as ChainId, asset: row.asset as AssetId },
})
