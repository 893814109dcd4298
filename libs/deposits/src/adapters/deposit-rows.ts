import { depositReference } from '@coffer/events/deposit-reference'
import { eventMessage, type Message } from '@coffer/events/event'
import type { TxHash } from '@coffer/evm/hash'
import type { ChainId } from '@coffer/money/chain-id'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { ownersOf } from '@coffer/wallets/watched-addresses'
import { type SQL, sql } from 'drizzle-orm'
import type { FoundTransfer, Position } from '../domain/transfer.ts'
import { depositId } from '../domain/transfer.ts'

/** A row of `deposits.deposits` as {@link columns} gives it. */
export type DepositRow = {
  chain: ChainId
  tx_hash: TxHash
  position: Position
  owner: string
  asset: string
  amount: string
  from: `0x${string}`
  to: `0x${string}`
  block_number: string
  block_hash: `0x${string}`
  block_time: string
  sequence: string
  status: string
  revision: number
}

const hexOf = (column: SQL) => sql`'0x' || encode(${column}, 'hex')`

/** A deposit's columns in the form that its events have. */
export const columns = sql`
  deposit.chain, ${hexOf(sql`deposit.tx_hash`)} as tx_hash, deposit.position, deposit.owner,
  deposit.asset, deposit.amount, ${hexOf(sql`deposit."from"`)} as "from",
  ${hexOf(sql`deposit."to"`)} as "to", deposit.block_number,
  ${hexOf(sql`deposit.block_hash`)} as block_hash,
  to_char(deposit.block_time at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as block_time,
  deposit.sequence, deposit.status, deposit.revision`

/**
 * Stores transfers as deposits: final at or below `final`, else seen. One that is stored already
 * is left alone, unless a reorg had orphaned it: then it moves to the block it is in now. Returns
 * the rows it wrote; `added` are those that no reorg had known.
 */
export async function storeDeposits(
  tx: Transaction,
  chain: ChainId,
  { transfers, final }: { transfers: readonly FoundTransfer[]; final: bigint },
): Promise<(DepositRow & { added: boolean })[]> {
  if (transfers.length === 0) return []
  const owners = await ownersOf(tx, chain, [...new Set(transfers.map(({ to }) => to))])
  const list = (pick: (transfer: FoundTransfer) => string | undefined) =>
    sql.param(transfers.map((transfer) => pick(transfer) ?? null))
  return await tx.execute<DepositRow & { added: boolean }>(sql`
    insert into deposits.deposits as deposit (
      chain, tx_hash, position, owner, asset, amount, "from", "to",
      block_number, block_hash, block_time, status, revision, confirmed_at)
    select
      ${chain}, decode(tx_hash, 'hex'), position, owner, asset, amount::numeric,
      decode("from", 'hex'), decode("to", 'hex'), block_number, decode(block_hash, 'hex'),
      block_time::timestamptz,
      case when is_final then 'final' else 'seen' end,
      is_final::int,
      case when is_final then now() end
    from unnest(
      ${list(({ txHash }) => txHash.slice(2))}::text[], ${list(({ position }) => position)}::text[],
      ${list(({ to }) => owners.get(to))}::uuid[], ${list(({ asset }) => asset)}::text[],
      ${list(({ amount }) => amount.toString())}::text[],
      ${list(({ from }) => from.slice(2))}::text[], ${list(({ to }) => to.slice(2))}::text[],
      ${list(({ block }) => block.number.toString())}::bigint[],
      ${list(({ block }) => block.hash.slice(2))}::text[],
      ${list(({ block }) => block.time.toISOString())}::text[]
    ) with ordinality as found (
      tx_hash, position, owner, asset, amount, "from", "to", block_number, block_hash, block_time,
      place),
    lateral (select block_number <= ${final.toString()}::bigint as is_final) as policy
    order by place
    on conflict (chain, tx_hash, position) do update set
      owner = excluded.owner, asset = excluded.asset, amount = excluded.amount,
      "from" = excluded."from", "to" = excluded."to",
      block_number = excluded.block_number, block_hash = excluded.block_hash,
      block_time = excluded.block_time, status = excluded.status, reason = null,
      revision = deposit.revision + excluded.revision,
      confirmed_at = excluded.confirmed_at, credited_at = null
    where deposit.status in ('orphaned', 'reversed')
    returning ${columns}, (old.sequence is null) as added`)
}

/** The events that say these deposits are final, oldest block first. */
export const confirmations = (rows: readonly DepositRow[]): Message[] =>
  inChainOrder(rows).map((row) =>
    eventMessage({
      ...envelope(row, 'confirmation'),
      type: 'deposit.confirmed',
      data: dataOf(row),
    }),
  )

/** The events that take back what {@link confirmations} said of these deposits. */
export const reversals = (rows: readonly DepositRow[], reason: string): Message[] =>
  inChainOrder(rows).map((row) =>
    eventMessage({
      ...envelope(row, 'reversal'),
      type: 'deposit.reversed',
      data: { ...dataOf(row), reason },
    }),
  )

const inChainOrder = (rows: readonly DepositRow[]) =>
  [...rows].sort(
    (a, b) =>
      Number(a.block_number) - Number(b.block_number) || Number(a.sequence) - Number(b.sequence),
  )

const idOf = (row: DepositRow) =>
  depositId(row.chain, { txHash: row.tx_hash, position: row.position })

const envelope = (row: DepositRow, kind: 'confirmation' | 'reversal') => ({
  id: depositReference({ depositId: idOf(row), revision: row.revision, kind }),
  source: `coffer/scanner/${row.chain}`,
  time: new Date().toISOString(),
  key: row.owner,
})

const dataOf = (row: DepositRow) => ({
  depositId: idOf(row),
  revision: row.revision,
  owner: row.owner,
  chain: row.chain,
  asset: row.asset,
  amount: row.amount,
  from: row.from,
  to: row.to,
  txHash: row.tx_hash,
  position: row.position,
  blockNumber: Number(row.block_number),
  blockHash: row.block_hash,
  blockTime: row.block_time,
})
