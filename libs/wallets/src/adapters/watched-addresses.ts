import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'

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
 * of which it has a list, or that began later. Those that still are in progress are not looked
 * for, so neither a long import nor any other open transaction makes this read more than what is
 * new. The snapshot is taken first: whatever it sees, the statement after it sees too.
 */
export async function readWatchedAddresses(
  postgres: Postgres,
  chain: ChainId,
  since: string = BEGINNING,
): Promise<WatchedAddresses> {
  const before = parsed(since)
  if (before.inProgress.length === 0) return await readLater(postgres, chain, before)
  const [moment] = await postgres.execute<{ snapshot: string }>(
    sql`select pg_current_snapshot()::text as snapshot`,
  )
  const { snapshot = BEGINNING } = moment ?? {}
  const now = parsed(snapshot)
  const isSetBack = BigInt(now.next) < BigInt(before.next)
  if (isSetBack || snapshot === since) return { addresses: new Uint8Array(), snapshot, isSetBack }

  const ended = before.inProgress.filter((id) => !now.inProgress.includes(id))
  // Ids as parameters show the planner that few rows have them, so it looks them up in the index.
  const [read] = await postgres.execute<{ addresses: Uint8Array }>(sql`
    select coalesce(string_agg(address, ''), '') as addresses
    from wallets.addresses
    where chain = ${chain}
      and (transaction_id >= ${before.next}::text::xid8
        and transaction_id < ${now.next}::text::xid8
        and transaction_id <> all(${sql.param(now.inProgress)}::text[]::xid8[])
        or transaction_id = any(${sql.param(ended)}::text[]::xid8[]))`)
  return { addresses: read?.addresses ?? new Uint8Array(), snapshot, isSetBack }
}

/**
 * The same where every transaction had ended that had begun before: all that is new is of later
 * ones, so that one statement sees it with its own snapshot.
 */
async function readLater(
  postgres: Postgres,
  chain: ChainId,
  { next }: Moment,
): Promise<WatchedAddresses> {
  const [read] = await postgres.execute<{ snapshot: string; addresses: Uint8Array }>(sql`
    select pg_current_snapshot()::text as snapshot, (
      select coalesce(string_agg(address, ''), '') from wallets.addresses
      where chain = ${chain} and transaction_id >= ${next}::text::xid8) as addresses`)
  if (read === undefined) throw new Error('A query for one row answered none.')
  return { ...read, isSetBack: BigInt(parsed(read.snapshot).next) < BigInt(next) }
}

/** The id that the next transaction gets, and those that have not ended. */
type Moment = { next: string; inProgress: string[] }

/** PostgreSQL writes a snapshot as `xmin:xmax:` and the ids that are in progress, with commas. */
function parsed(snapshot: string): Moment {
  const [, next = '', inProgress = ''] = snapshot.split(':')
  return { next, inProgress: inProgress.split(',').filter((id) => id !== '') }
}

/** Pages of the table that are read at once: 1 MB of it, some 10,000 addresses. */
const CHUNK_PAGES = 128

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

/** In SQL: whose the address in `column`, which is 20 bytes, is; null if nobody registered it. */
export const ownerOf = (chain: ChainId, column: SQL): SQL => sql`(
  select addresses.owner from wallets.addresses
  where addresses.chain = ${chain} and addresses.address = ${column})`

/** Whose an address is, and since when it is watched. */
export type Registration = { owner: string; watchedFrom: bigint; registeredAt: Date }

/** How each of `addresses` was registered; without those that nobody has. */
export async function readRegistrations(
  postgres: Postgres,
  chain: ChainId,
  addresses: readonly Address[],
): Promise<Map<Address, Registration>> {
  const rows = await postgres.execute<{
    address: Address
    owner: string
    from: string
    ms: string
  }>(sql`
    select wanted as address, addresses.owner, watched_from as "from",
      extract(epoch from created_at) * 1000 as ms
    from unnest(${sql.param(addresses)}::text[]) as wanted
    join wallets.addresses
      on addresses.chain = ${chain} and addresses.address = decode(substr(wanted, 3), 'hex')`)
  return new Map(
    rows.map(({ address, owner, from, ms }) => {
      const registeredAt = new Date(Number(ms))
      return [address, { owner, watchedFrom: BigInt(from), registeredAt }]
    }),
  )
}
