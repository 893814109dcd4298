import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { SYSTEM } from '../domain/chart-of-accounts.ts'
import type { AccountName } from '../domain/transaction.ts'

/** Posters at most that can touch accounts of the system at the same time, without waiting. */
export const SHARDS = 16

/** Class of the advisory locks of shards: `ledg`. */
export const LOCK_CLASS = 0x6c_65_64_67

/**
 * Takes a shard of the system's accounts for `tx` alone, until that ends. It takes what is free,
 * and what this connection took last time where it can: then no two posters wait for each other's
 * custody. 0 without a lock where no account is the system's.
 */
export async function lockShard(tx: Transaction, names: readonly AccountName[]): Promise<number> {
  if (!names.some(({ owner }) => owner === SYSTEM)) return 0
  const [free] = await tx.execute<{ shard: number }>(sql`
    select shard from (
      select (pg_backend_pid() + place) % ${SHARDS} as shard
      from generate_series(0, ${SHARDS - 1}) as place
    ) each
    where pg_try_advisory_xact_lock(${LOCK_CLASS}, shard)
    limit 1
  `)
  if (free !== undefined) return free.shard
  // Nothing else is locked so far, so that to wait here closes no circle.
  const [waited] = await tx.execute<{ shard: number }>(sql`
    select pg_backend_pid() % ${SHARDS} as shard,
      pg_advisory_xact_lock(${LOCK_CLASS}, pg_backend_pid() % ${SHARDS})
  `)
  return waited?.shard ?? 0
}
