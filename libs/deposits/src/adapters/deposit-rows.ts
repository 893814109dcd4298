import { depositReference } from '@coffer/events/deposit-reference'
import { eventMessage, type Message } from '@coffer/events/event'
import type { TxHash } from '@coffer/evm/hash'
import type { ChainId } from '@coffer/money/chain-id'
import { bigintArray, bytesArray, textArray, timeArray } from '@coffer/postgres/binary-array'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { depositTraceparent } from '@coffer/telemetry/tracing'
import { ownerOf } from '@coffer/wallets/watched-addresses'
import { type SQL, sql } from 'drizzle-orm'
import { lowestHeight, type TierHeights } from '../domain/finality.ts'
import { isSuspended, SUSPENDED } from '../domain/rejection.ts'
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
  reason: string | null
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
  deposit.sequence, deposit.status, deposit.reason, deposit.revision`

/** Reasons of rejected deposits that are published as suspended, as a list in SQL. */
const suspended = sql`(${sql.join(
  SUSPENDED.map((reason) => sql`${reason}`),
  sql`, `,
)})`

/** Up to where deposits are final, as it is given to a store. */
export type StoredFinality = { final: bigint; tiers?: TierHeights }

/** In SQL: up to which height what waits for the tier in `column` is final. */
export function finalOf(column: SQL, { final, tiers = {} }: StoredFinality): SQL {
  const lowest = lowestHeight({ final, tiers }).toString()
  return sql`case
    when ${column} is null then ${final.toString()}::bigint
    else coalesce((${tiersJson(tiers)}::jsonb ->> ${column})::bigint, ${lowest}::bigint)
  end`
}

/** Heights as text, for JSON's numbers are too small. */
export const tiersJson = (tiers: TierHeights): string =>
  JSON.stringify(tiers, (_, value) => (typeof value === 'bigint' ? value.toString() : value))

/**
 * Stores transfers as deposits: final as far as `final` and its tiers say, else seen. What is not
 * credited is rejected: what we hold of it once it is final, everything else at once. One that is
 * stored already is left alone, unless a reorg had orphaned it: then it moves to the block it is in
 * now. So does one that was rejected without a trace in the ledger, and is not for this reason any
 * more. Returns the rows it wrote; `added` are those that were not known.
 */
export async function storeDeposits(
  tx: Transaction,
  chain: ChainId,
  { transfers, ...finality }: { transfers: readonly FoundTransfer[] } & StoredFinality,
): Promise<(DepositRow & { added: boolean })[]> {
  if (transfers.length === 0) return []
  const texts = (pick: (transfer: FoundTransfer) => string | undefined) =>
    textArray(transfers.map((transfer) => pick(transfer) ?? null))
  const bytes = (pick: (transfer: FoundTransfer) => string) => bytesArray(transfers.map(pick))
  return await tx.execute<DepositRow & { added: boolean }>(sql`
    insert into deposits.deposits as deposit (
      chain, tx_hash, position, owner, asset, amount, "from", "to",
      block_number, block_hash, block_time, status, reason, tier, revision, confirmed_at)
    select
      ${chain}, tx_hash, position, ${ownerOf(chain, sql`found."to"`)}, asset, amount::numeric,
      "from", "to", block_number, block_hash, block_time,
      case
        when not is_booked then 'rejected'
        when not is_final then 'seen'
        when rejection is null then 'final'
        else 'rejected'
      end,
      rejection,
      tier,
      (is_final and is_booked)::int,
      case when is_final and is_booked then now() end
    from unnest(
      ${bytes(({ txHash }) => txHash)}::bytea[], ${texts(({ position }) => position)}::text[],
      ${texts(({ asset }) => asset)}::text[],
      ${texts(({ amount }) => amount.toString())}::text[],
      ${bytes(({ from }) => from)}::bytea[], ${bytes(({ to }) => to)}::bytea[],
      ${bigintArray(transfers.map(({ block }) => block.number))}::bigint[],
      ${bytes(({ block }) => block.hash)}::bytea[],
      ${timeArray(transfers.map(({ block }) => block.time))}::timestamptz[],
      ${texts(({ rejection }) => rejection)}::text[], ${texts(({ tier }) => tier)}::text[]
    ) with ordinality as found (
      tx_hash, position, asset, amount, "from", "to", block_number, block_hash, block_time,
      rejection, tier, place),
    lateral (select
      block_number <= ${finalOf(sql`tier`, finality)} as is_final,
      rejection is null or rejection in ${suspended} as is_booked) as policy
    order by place
    on conflict (chain, tx_hash, position) do update set
      owner = excluded.owner, asset = excluded.asset, amount = excluded.amount,
      "from" = excluded."from", "to" = excluded."to",
      block_number = excluded.block_number, block_hash = excluded.block_hash,
      block_time = excluded.block_time, status = excluded.status, reason = excluded.reason,
      tier = excluded.tier,
      revision = deposit.revision + excluded.revision,
      confirmed_at = excluded.confirmed_at, credited_at = null,
      changed_in = pg_current_xact_id()
    where deposit.status in ('orphaned', 'reversed')
      or (deposit.status = 'rejected' and deposit.confirmed_at is null
        and deposit.reason is distinct from excluded.reason)
    returning ${columns}, (old.sequence is null) as added`)
}

/** Whether a deposit is one that {@link confirmations} tells of. */
export const isPublished = ({ status, reason }: Pick<DepositRow, 'status' | 'reason'>): boolean =>
  status === 'final' || status === 'credited' || (status === 'rejected' && isSuspended(reason))

/** The same in SQL, of the table `deposit`. */
export const published = sql`(deposit.status in ('final', 'credited')
  or (deposit.status = 'rejected' and deposit.reason in ${suspended}))`

/** The events that say these deposits are final, credited or not, oldest block first. */
export const confirmations = (rows: readonly DepositRow[]): Message[] =>
  inChainOrder(rows).map((row) => {
    const said = envelope(row, 'confirmation')
    if (row.reason === null) {
      return eventMessage({ ...said, type: 'deposit.confirmed', data: dataOf(row) })
    }
    const data = { ...dataOf(row), reason: row.reason }
    return eventMessage({ ...said, type: 'deposit.suspended', data })
  })

/** A deposit that a reorg took away, and what it was until then. */
export type OrphanedRow = DepositRow & { status_before: string; reason_before: string | null }

/** The events that take back what {@link confirmations} said of these deposits. */
export const reversals = (rows: readonly OrphanedRow[], reason: string): Message[] =>
  inChainOrder(rows).map((row) =>
    eventMessage({
      ...envelope(row, 'reversal'),
      type: 'deposit.reversed',
      data: { ...dataOf(row), reason, suspended: row.status_before === 'rejected' },
    }),
  )

const inChainOrder = <Row extends DepositRow>(rows: readonly Row[]) =>
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
  traceparent: depositTraceparent(idOf(row)),
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
