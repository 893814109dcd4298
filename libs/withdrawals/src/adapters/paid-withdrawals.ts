import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, asc, eq, gte, sql } from 'drizzle-orm'
import { withdrawals } from '../schema.ts'

/** A withdrawal, of an owner or for a refund, that is held to be paid for good. */
export type PaidWithdrawal = {
  id: string
  asset: AssetId
  to: Address
  amount: bigint
  /** The transaction that paid it; `undefined` is none that we know of. */
  txHash: TxHash | undefined
  endedAt: Date
}

/** Where a page ended. */
export type PaidPlace = { endedAt: Date; id: string }

export type PaidQuery = {
  chain: ChainId
  /** Only those that ended at this time or later. */
  since?: Date | undefined
  /** Only those of blocks up to this one. */
  until: bigint
  after?: PaidPlace | undefined
  limit: number
}

/** Reads withdrawals of a chain that are completed, in the order in which they ended. */
export const paidWithdrawals =
  (postgres: Postgres) =>
  async ({ chain, since, until, after, limit }: PaidQuery): Promise<PaidWithdrawal[]> => {
    const { id, asset, toAddress, amount, txHash, blockNumber, endedAt, status } = withdrawals
    const place = sql`(${after?.endedAt.toISOString()}::timestamptz, ${after?.id}::uuid)`
    const rows = await postgres
      .select({ id, asset, to: toAddress, amount, txHash, endedAt })
      .from(withdrawals)
      .where(
        and(
          ...[eq(withdrawals.chain, chain), eq(status, 'completed')],
          sql`coalesce(${blockNumber}, 0) <= ${until}`,
          since && gte(endedAt, since),
          after && sql`(${endedAt}, ${id}) > ${place}`,
        ),
      )
      .orderBy(asc(endedAt), asc(id))
      .limit(limit)
    return rows.map(({ endedAt: at, txHash: hash, ...row }) => {
      if (at === null) throw new Error(`Withdrawal ${row.id} is completed and has not ended.`)
      return { ...row, txHash: hash ?? undefined, endedAt: at }
    })
  }
