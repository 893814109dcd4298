import type { AssetId } from '@coffer/money/asset'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { AccountCode } from '../domain/chart-of-accounts.ts'
import type { RecordedTransaction } from '../domain/recorded-transaction.ts'
import { accountKey, type Resolution } from '../domain/transaction.ts'
import type { BookedTransaction } from '../ports.ts'
import { numericArray } from './numeric-array.ts'
import type { PlacedName } from './postgres-accounts.ts'

/** The accounts that holds have reserved something of, by the holds' references. */
export async function accountsOfHolds(
  tx: Transaction,
  references: readonly string[],
): Promise<PlacedName[]> {
  if (references.length === 0) return []
  return await tx.execute<PlacedName>(sql`
    select account.owner, account.code, account.asset, account.shard
    from ledger.transactions hold
    join ledger.held_entries held on held.hold_id = hold.id
    join ledger.accounts account on account.id = held.account_id
    where hold.reference = any(${sql.param(references)}::text[])
  `)
}

type Row = {
  reference: string
  id: string
  code: string
  eventAtMs: number
  phase: 'held' | Resolution | null
  expiresAtMs: number | null
  resolves: string | null
  resolvedAs: Resolution | null
  reverses: string | null
  isReversed: boolean
  closes: [owner: string, code: AccountCode, asset: AssetId][] | null
  held: [owner: string, code: AccountCode, asset: AssetId, shard: number, amount: string][] | null
}

/** What a recorded transaction is beside its entries; of a hold also what it reserves. */
export type RecordedRelations = Omit<RecordedTransaction, 'entries'> & {
  id: string
  held: RecordedTransaction['entries']
}

/** What transactions hold, end, take back and close, by reference; nothing of those refused. */
export async function readRelations(
  tx: Transaction,
  references: readonly string[],
): Promise<Map<string, RecordedRelations>> {
  const rows = await tx.execute<Row>(sql`
    select transaction.reference, transaction.id, transaction.code, transaction.phase,
      extract(epoch from transaction.event_at)::float8 * 1000 as "eventAtMs",
      extract(epoch from transaction.expires_at)::float8 * 1000 as "expiresAtMs",
      (select hold.reference from ledger.transactions hold
        where hold.id = transaction.resolves) as resolves,
      (select ending.phase from ledger.transactions ending
        where ending.resolves = transaction.id) as "resolvedAs",
      (select original.reference from ledger.transactions original
        where original.id = transaction.reverses) as reverses,
      exists (select from ledger.transactions reversal
        where reversal.reverses = transaction.id) as "isReversed",
      (select json_agg(json_build_array(account.owner, account.code, account.asset))
        from ledger.accounts account where account.id = any(transaction.closes)) as closes,
      (select json_agg(json_build_array(account.owner, account.code, account.asset, account.shard,
          held.amount::text))
        from ledger.held_entries held join ledger.accounts account on account.id = held.account_id
        where held.hold_id = transaction.id) as held
    from ledger.transactions transaction
    where transaction.reference = any(${sql.param(references)}::text[])
      and transaction.refusal is null
  `)
  return new Map(rows.map((row) => [row.reference, relationsOf(row)]))
}

function relationsOf(row: Row): RecordedRelations {
  const { id, code, phase, expiresAtMs, resolves, reverses, isReversed, closes } = row
  const relations: RecordedRelations = {
    id,
    code,
    eventAt: new Date(Math.round(row.eventAtMs)),
    reverses: reverses ?? undefined,
    isReversed,
    closes: closes?.map(([owner, code, asset]) => ({ owner, code, asset })),
    held: (row.held ?? []).map(([owner, code, asset, shard, amount]) => {
      return { account: { owner, code, asset }, shard, amount: BigInt(amount) }
    }),
  }
  if (phase === 'held') {
    const expiresAt = expiresAtMs === null ? undefined : new Date(Math.round(expiresAtMs))
    relations.hold = { expiresAt, resolvedAs: row.resolvedAs ?? undefined }
  } else if (phase !== null && resolves !== null) {
    relations.resolves = { hold: resolves, as: phase }
  }
  return relations
}

/** Inserts what new holds reserve. */
export async function insertHolds(
  tx: Transaction,
  accountIds: ReadonlyMap<string, string>,
  holds: readonly BookedTransaction[],
): Promise<void> {
  if (holds.length === 0) return
  const held = holds.flatMap(({ id, hold }) => (hold?.held ?? []).map((each) => ({ id, ...each })))
  const accounts = held.map(({ account }) => accountIds.get(accountKey(account)) as string)
  await tx.execute(sql`
    insert into ledger.held_entries (hold_id, account_id, amount)
    select * from unnest(
      ${numericArray(held.map(({ id }) => id))}::bigint[], ${numericArray(accounts)}::bigint[],
      ${numericArray(held.map(({ amount }) => amount))}::numeric[]
    )
  `)
  await tx.execute(sql`
    insert into ledger.open_holds (hold_id, expires_at)
    select id, expires_at from ledger.transactions
    where id = any(${numericArray(holds.map(({ id }) => id))}::bigint[])
  `)
}

/** Takes holds that were resolved from those that are open, and answers how many were. */
export async function endHolds(tx: Transaction, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0
  const ended = await tx.execute(sql`
    delete from ledger.open_holds where hold_id = any(${numericArray(ids)}::bigint[])
    returning 1
  `)
  return ended.length
}
