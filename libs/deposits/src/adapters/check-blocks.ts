import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** One thing that must be true of the blocks that are stored, and is not. */
export type BlockViolation = { invariant: 'I8'; subject: string; problem: string }

/**
 * I8: of the newest `count` blocks of each chain each one stands on the one below it, none is
 * missing, and the last of them is the checkpoint.
 */
export async function checkBlocks(postgres: Postgres, count = 10_000): Promise<BlockViolation[]> {
  const rows = await postgres.execute<Omit<BlockViolation, 'invariant'>>(sql`
    select format('block %s of %s', block.number, chain.chain) as subject,
      case when below.hash is null then format('block %s is not stored', block.number - 1)
        else format('its parent is 0x%s; block %s is 0x%s', encode(block.parent_hash, 'hex'),
          below.number, encode(below.hash, 'hex')) end as problem
    from deposits.chains chain
    cross join lateral (
      select number, parent_hash from deposits.blocks
      where chain = chain.chain and orphaned_at is null order by number desc limit ${count}
    ) block
    left join deposits.blocks below on below.chain = chain.chain
      and below.number = block.number - 1 and below.orphaned_at is null
    where block.number > chain.start_number and below.hash is distinct from block.parent_hash
    union all
    select format('checkpoint of %s', chain.chain),
      format('it is block %s; the last block stored is %s', coalesce(checkpoint_number::text, '–'),
        coalesce(last.number::text, '–'))
    from deposits.chains chain
    left join lateral (
      select number, hash from deposits.blocks
      where chain = chain.chain and orphaned_at is null order by number desc limit 1
    ) last on true
    where (last.number, last.hash) is distinct from (checkpoint_number, checkpoint_hash)
    limit 1000`)
  return rows.map((row) => ({ invariant: 'I8', ...row }))
}
