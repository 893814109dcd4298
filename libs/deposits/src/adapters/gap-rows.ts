import type { ChainId } from '@coffer/money/chain-id'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { BlockRef } from '../domain/block.ts'
import type { Gap, GapRange } from '../gap-ports.ts'

/**
 * {@link GapStore.openGap} within a transaction that has proven the chain's lease. Answers whether
 * that was new, and not all in an open gap already.
 */
export async function openGap(
  tx: Transaction,
  chain: ChainId,
  { kind, fromBlock, toBlock, reason }: GapRange & Pick<Gap, 'reason'>,
): Promise<boolean> {
  const [from, to] = [sql`${fromBlock.toString()}::bigint`, sql`${toBlock.toString()}::bigint`]
  const [grown] = await tx.execute<{ is_new: boolean }>(sql`
    update deposits.gaps set
      from_block = case when closed_at is null then least(from_block, ${from}) else ${from} end,
      to_block = greatest(to_block, ${to}),
      opened_at = case when closed_at is null then opened_at else now() end,
      closed_at = null, closed_by = null
    where id = (
      select id from deposits.gaps
      where chain = ${chain} and kind = ${kind} and reason = ${reason}
        and to_block >= ${from} - 1 and from_block <= ${to} + 1
        and (closed_at is null or (closed_by = 'work' and to_block = ${from} - 1))
      order by closed_at nulls first, from_block limit 1)
    returning old.closed_at is not null or old.from_block > ${from} or old.to_block < ${to}
      as is_new`)
  if (grown) return grown.is_new
  await tx.execute(sql`
    insert into deposits.gaps (chain, kind, from_block, to_block, reason)
    values (${chain}, ${kind}, ${from}, ${to}, ${reason})`)
  return true
}

/** {@link GapStore.closeGaps} in the same way; with `id` of that gap alone. */
export async function closeGaps(
  tx: Transaction,
  chain: ChainId,
  { kind, fromBlock, toBlock, id }: GapRange & { id?: bigint },
): Promise<void> {
  const [from, to] = [sql`${fromBlock.toString()}::bigint`, sql`${toBlock.toString()}::bigint`]
  const only = id === undefined ? sql`` : sql`and id = ${id.toString()}`
  await tx.execute(sql`
    with hit as (
      select * from deposits.gaps
      where chain = ${chain} and kind = ${kind} and closed_at is null ${only}
        and from_block <= ${to} and to_block >= ${from}
      for update),
    above as (
      insert into deposits.gaps (chain, kind, from_block, to_block, reason, opened_at)
      select chain, kind, ${to} + 1, to_block, reason, opened_at from hit
      where from_block < ${from} and to_block > ${to})
    update deposits.gaps as gap set
      from_block = case
        when hit.from_block >= ${from} and hit.to_block > ${to} then ${to} + 1
        else hit.from_block end,
      to_block = case when hit.from_block < ${from} then ${from} - 1 else hit.to_block end,
      closed_at = case when hit.from_block >= ${from} and hit.to_block <= ${to} then now() end,
      closed_by = case when hit.from_block >= ${from} and hit.to_block <= ${to} then 'work' end,
      attempts = 0, last_error = null
    from hit where gap.id = hit.id`)
}

/** Takes what is above `ancestor` out of all open gaps; without one, all since the start. */
export async function cutGaps(
  tx: Transaction,
  chain: ChainId,
  ancestor: BlockRef | null,
): Promise<void> {
  const last = ancestor
    ? sql`${ancestor.number.toString()}::bigint`
    : sql`(select start_number - 1 from deposits.chains where chain = ${chain})`
  await tx.execute(sql`
    update deposits.gaps set
      to_block = case when from_block > ${last} then to_block else ${last} end,
      closed_at = case when from_block > ${last} then now() end,
      closed_by = case when from_block > ${last} then 'reorg' end
    where chain = ${chain} and closed_at is null and to_block > ${last}`)
}
