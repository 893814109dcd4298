import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

export type WatchedAddresses = {
  /** 20 bytes each. */
  addresses: Uint8Array
  /** Pass it as `since` next time. */
  snapshot: string
  /** The database was set back since `since`: only reading everything again misses nothing. */
  isSetBack: boolean
}

/** A moment before the first transaction. */
const BEGINNING = '1:1:'

/**
 * The addresses of `chain` that became visible since an earlier call told its `snapshot`; all of
 * them without one. Called again and again, no address is ever missed or told twice, however late
 * its transaction commits.
 *
 * What an earlier snapshot could not see was written by a transaction that was in progress then,
 * of which it has a list, or that began later. So neither a long import nor any other transaction
 * that stays open makes this read more than what is new. Snapshot and addresses are read by one
 * statement, hence in one moment.
 */
export async function readWatchedAddresses(
  postgres: Postgres,
  chain: ChainId,
  since: string = BEGINNING,
): Promise<WatchedAddresses> {
  const [read] = await postgres.execute<WatchedAddresses>(sql`
    select pg_current_snapshot()::text as snapshot,
      pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax(${since}::text::pg_snapshot)
        as "isSetBack",
      coalesce(string_agg(address, ''), '') as addresses
    from wallets.addresses
    where chain = ${chain}
      and (transaction_id >= pg_snapshot_xmax(${since}::text::pg_snapshot)
        or transaction_id = any(array(select pg_snapshot_xip(${since}::text::pg_snapshot))))`)
  if (read === undefined) throw new Error('An aggregate without groups answered no row.')
  return read
}

/** Pages of the table that are read at once: 2 MB of it, some 20,000 addresses. */
const CHUNK_PAGES = 256

/**
 * Like {@link readWatchedAddresses} from the beginning, for millions of addresses: hands them over
 * in chunks, holding one at a time, and resolves to the snapshot that all of them are of.
 *
 * Reads the table from its first page to its last, which costs no index and no sorting.
 */
export async function streamWatchedAddresses(
  postgres: Postgres,
  chain: ChainId,
  onChunk: (addresses: Uint8Array) => void,
): Promise<string> {
  // Every statement of a repeatable read transaction sees the snapshot of the first.
  const transaction = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const
  return await postgres.transaction(async (tx) => {
    // Nobody may rewrite the table, which would move rows to other pages, until this ends.
    await tx.execute(sql`lock table wallets.addresses in access share mode`)
    // What the snapshot sees is in pages that there are already: a later one holds later rows.
    const [moment] = await tx.execute<{ snapshot: string; pages: number }>(sql`
      select pg_current_snapshot()::text as snapshot,
        (pg_relation_size('wallets.addresses') / current_setting('block_size')::int)::int as pages`)
    if (moment === undefined) throw new Error('A query for one row answered none.')
    for (let page = 0; page < moment.pages; page += CHUNK_PAGES) {
      const [chunk] = await tx.execute<{ addresses: Uint8Array | null }>(sql`
        select string_agg(address, '') as addresses from wallets.addresses
        where ctid >= ${`(${page},0)`}::tid and ctid < ${`(${page + CHUNK_PAGES},0)`}::tid
          and chain = ${chain}`)
      if (chunk?.addresses) onChunk(chunk.addresses)
    }
    return moment.snapshot
  }, transaction)
}

/** Whose each of `addresses` is, as of `tx`; without those that nobody has registered. */
export async function ownersOf(
  tx: Transaction | Postgres,
  chain: ChainId,
  addresses: readonly Address[],
): Promise<Map<Address, string>> {
  const rows = await tx.execute<{ address: Address; owner: string }>(sql`
    select wanted as address, addresses.owner
    from unnest(${sql.param(addresses)}::text[]) as wanted
    join wallets.addresses
      on addresses.chain = ${chain} and addresses.address = decode(substr(wanted, 3), 'hex')`)
  return new Map(rows.map(({ address, owner }) => [address, owner]))
}
