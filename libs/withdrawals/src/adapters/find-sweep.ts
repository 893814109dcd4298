import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { forwarderSalt } from '@coffer/wallets/forwarder-addresses'
import { and, asc, eq, gte, or, sql } from 'drizzle-orm'
import { transactions } from '../schema.ts'

export type SweptFrom = { chain: ChainId; address: Address; owner: string; since: Date }

/** A transaction of ours that took what lay at an address to the hot wallet. */
export type Sweep = {
  txHash: `0x${string}` | undefined
  status: string
  createdAt: Date
  endedAt: Date | undefined
}

/** The first sweep of `address` since then: by its own transaction, or by its owner's forwarder. */
export async function findSweep(
  postgres: Postgres,
  { chain, address, owner, since }: SweptFrom,
): Promise<Sweep | undefined> {
  const salt = Buffer.from(forwarderSalt(owner).slice(2), 'hex')
  const [row] = await postgres
    .select()
    .from(transactions)
    .where(
      and(
        eq(transactions.chain, chain),
        eq(transactions.purpose, 'sweep'),
        gte(transactions.createdAt, since),
        or(
          eq(transactions.sender, address),
          sql`position(${salt} in ${transactions.callData}) > 0`,
        ),
      ),
    )
    .orderBy(asc(transactions.createdAt))
    .limit(1)
  if (row === undefined) return undefined
  const { minedHash, status, createdAt, endedAt } = row
  return { txHash: minedHash ?? undefined, status, createdAt, endedAt: endedAt ?? undefined }
}
