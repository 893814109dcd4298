import type { BlockHash } from '@coffer/evm/hash'
import type { ChainId } from '@coffer/money/chain-id'
import { bigintArray, bytesArray, timeArray } from '@coffer/postgres/binary-array'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { StoredBlock } from '../domain/audit.ts'
import type { BlockHeader } from '../domain/block.ts'

/**
 * Stores blocks as canonical. One that had been orphaned and is back, after the chain flipped
 * twice, is canonical again.
 */
export async function storeBlocks(
  tx: Transaction,
  chain: ChainId,
  blocks: readonly BlockHeader[],
): Promise<void> {
  if (blocks.length === 0) return
  await tx.execute(sql`
    insert into deposits.blocks (chain, number, hash, parent_hash, time)
    select ${chain}, number, hash, parent_hash, time
    from unnest(
      ${bigintArray(blocks.map(({ number }) => number))}::bigint[],
      ${bytesArray(blocks.map(({ hash }) => hash))}::bytea[],
      ${bytesArray(blocks.map(({ parentHash }) => parentHash))}::bytea[],
      ${timeArray(blocks.map(({ time }) => time))}::timestamptz[]
    ) as block (number, hash, parent_hash, time)
    on conflict (chain, hash) do update set orphaned_at = null, scanned_at = now()`)
}

/** Stored canonical blocks, ascending. */
export async function readBlocks(
  tx: Transaction | Postgres,
  chain: ChainId,
  { from, to }: { from: bigint; to: bigint },
): Promise<StoredBlock[]> {
  const rows = await tx.execute<{
    number: string
    hash: BlockHash
    parentHash: BlockHash
    scannedMs: string
  }>(sql`
    select number, '0x' || encode(hash, 'hex') as hash,
      '0x' || encode(parent_hash, 'hex') as "parentHash",
      extract(epoch from scanned_at) * 1000 as "scannedMs"
    from deposits.blocks
    where chain = ${chain} and orphaned_at is null
      and number between ${from.toString()} and ${to.toString()}
    order by number`)
  return rows.map(({ number, scannedMs, ...block }) => {
    return { ...block, number: BigInt(number), scannedAt: new Date(Number(scannedMs)) }
  })
}
