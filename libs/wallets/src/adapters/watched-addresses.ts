import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

export type WatchedAddresses = {
  addresses: Address[]
  /** Pass it as `since` next time. */
  snapshot: string
}

/**
 * The addresses of `chain` that were registered since an earlier call told its `snapshot`; all of
 * them without one. Called again and again, no address is ever missed, however late its
 * transaction commits; one that was in an earlier answer may come again.
 *
 * Every transaction below the snapshot had ended when it was taken, so what a later call has not
 * seen yet was written at or above it. Both are read by one statement, hence in one moment.
 */
export async function readWatchedAddresses(
  postgres: Postgres,
  chain: ChainId,
  since: string | undefined,
): Promise<WatchedAddresses> {
  const rows = await postgres.execute<{ snapshot: string; address: Address | null }>(sql`
    select moment.snapshot, '0x' || encode(addresses.address, 'hex') as address
    from (select pg_snapshot_xmin(pg_current_snapshot())::text as snapshot) as moment
    left join wallets.addresses
      on addresses.chain = ${chain} and addresses.transaction_id >= ${since ?? '0'}::text::xid8`)
  const addresses = rows.flatMap(({ address }) => (address === null ? [] : [address]))
  // The left join has a row even where there is no address.
  const snapshot = rows[0]?.snapshot ?? '0'
  return { addresses, snapshot }
}

/** Addresses that {@link streamWatchedAddresses} hands over at once. */
const CHUNK_SIZE = 10_000

/**
 * Like {@link readWatchedAddresses} from the beginning, for millions of addresses: hands them over
 * in chunks, holding one at a time, and resolves to the snapshot that all of them are of.
 */
export async function streamWatchedAddresses(
  postgres: Postgres,
  chain: ChainId,
  onChunk: (addresses: Address[]) => void,
): Promise<string> {
  // Every statement of a repeatable read transaction sees the snapshot of the first.
  const transaction = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const
  return await postgres.transaction(async (tx) => {
    const [moment] = await tx.execute<{ snapshot: string }>(
      sql`select pg_snapshot_xmin(pg_current_snapshot())::text as snapshot`,
    )
    await tx.execute(sql`
      declare watched no scroll cursor for
      select '0x' || encode(address, 'hex') as address
      from wallets.addresses where chain = ${sql.raw(quoted(chain))}`)
    for (;;) {
      const rows = await tx.execute<{ address: Address }>(
        sql`fetch ${sql.raw(String(CHUNK_SIZE))} from watched`,
      )
      if (rows.length > 0) onChunk(rows.map(({ address }) => address))
      if (rows.length < CHUNK_SIZE) return moment?.snapshot ?? '0'
    }
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

/** DECLARE takes no parameters; a chain id is `eip155:` and digits, checked where it was read. */
const quoted = (chain: ChainId): string => `'${chain.replaceAll("'", "''")}'`
