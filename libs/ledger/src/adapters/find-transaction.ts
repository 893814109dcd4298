import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'

/** One account's part in a transaction. A debit is positive, a credit negative. */
export type EntryView = { owner: string; code: string; asset: AssetId; amount: bigint }

/** What was booked under one reference, with its entries; or what it only reserves. */
export type TransactionView = {
  id: string
  reference: string
  code: string
  owner: string
  phase: string | undefined
  isRefused: boolean
  eventAt: Date
  recordedAt: Date
  /** Ids of the transactions that it is about: the hold that it ends, what it takes back. */
  resolves: string | undefined
  reverses: string | undefined
  entries: EntryView[]
}

/** The transaction with this id. */
export const findTransaction = async (
  postgres: Postgres,
  id: bigint,
): Promise<TransactionView | undefined> =>
  (await readTransactions(postgres, sql`id = ${id.toString()}::bigint`))[0]

/** Those of `references` that are booked, in the order in which they were. */
export const findTransactions = (
  postgres: Postgres,
  references: readonly string[],
): Promise<TransactionView[]> =>
  readTransactions(postgres, sql`reference = any(${sql.param(references)}::text[])`)

type Row = Omit<TransactionView, 'eventAt' | 'recordedAt' | 'entries' | 'phase'> & {
  phase: string | null
  resolves: string | null
  reverses: string | null
  eventAtMs: number
  recordedAtMs: number
  entries: (Omit<EntryView, 'amount'> & { amount: string })[]
}

async function readTransactions(postgres: Postgres, condition: SQL): Promise<TransactionView[]> {
  const rows = await postgres.execute<Row>(sql`
    select id::text, reference, code, owner, phase, refusal is not null as "isRefused",
      resolves::text, reverses::text,
      extract(epoch from event_at)::float8 * 1000 as "eventAtMs",
      extract(epoch from recorded_at)::float8 * 1000 as "recordedAtMs",
      coalesce((
        select jsonb_agg(jsonb_build_object('owner', account.owner, 'code', account.code,
          'asset', account.asset, 'amount', part.amount::text)
          order by part.amount desc, account.code)
        from (
          select account_id, amount from ledger.entries where transaction_id = booked.id
          union all
          select account_id, amount from ledger.held_entries where hold_id = booked.id
        ) part
        join ledger.accounts account on account.id = part.account_id
      ), '[]') as entries
    from ledger.transactions booked
    where ${condition}
    order by recorded_at, id
  `)
  return rows.map(({ eventAtMs, recordedAtMs, entries, phase, resolves, reverses, ...row }) => ({
    ...row,
    phase: phase ?? undefined,
    resolves: resolves ?? undefined,
    reverses: reverses ?? undefined,
    eventAt: new Date(Math.round(eventAtMs)),
    recordedAt: new Date(Math.round(recordedAtMs)),
    entries: entries.map((entry) => ({ ...entry, amount: BigInt(entry.amount) })),
  }))
}
