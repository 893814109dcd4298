import type { AssetId } from '@coffer/money/asset'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { AccountCode } from '../domain/chart-of-accounts.ts'
import type { Recorded, RecordedTransaction } from '../domain/recorded-transaction.ts'
import { type Refusal, refusalFromJson, refusalToJson } from '../domain/refusal.ts'
import { type AccountName, accountKey, type TransactionDraft } from '../domain/transaction.ts'
import type { BookedTransaction } from '../ports.ts'
import { numericArray } from './numeric-array.ts'

export type ReadRecorded = {
  /** What the ledger knows of the references, by reference. */
  recorded: Map<string, Recorded>
  /** The first of a batch's ids: see `IDS_OF_A_BATCH`. */
  firstId: number
  /** The time of the database. */
  now: Date
}

type Row = {
  firstId: string
  nowMs: number
} & (
  | { reference: null }
  | { reference: string; refusal: string }
  | {
      reference: string
      refusal: null
      transactionCode: string
      eventAtMs: number
      owner: string
      code: AccountCode
      asset: AssetId
      amount: string
    }
)

/** What the ledger knows of `references`, and what a batch needs that is booked now. */
export async function readRecorded(
  tx: Transaction,
  references: readonly string[],
): Promise<ReadRecorded> {
  const rows = await tx.execute<Row>(sql`
    select batch.*, known.*
    from (
      select nextval('ledger.transactions_id_seq') as "firstId",
        extract(epoch from clock_timestamp())::float8 * 1000 as "nowMs"
    ) batch
    left join lateral (
      select transaction.reference, transaction.refusal::text as refusal,
        transaction.code as "transactionCode",
        extract(epoch from transaction.event_at)::float8 * 1000 as "eventAtMs",
        account.owner, account.code, account.asset, entry.amount
      from ledger.transactions transaction
      left join ledger.entries entry on entry.transaction_id = transaction.id
      left join ledger.accounts account on account.id = entry.account_id
      where transaction.reference = any(${sql.param(references)}::text[])
    ) known on true
  `)
  type Entry = { account: AccountName; amount: bigint }
  const recorded = new Map<string, { refusal: Refusal } | RecordedTransaction>()
  const entriesOf = new Map<string, Entry[]>()
  for (const row of rows) {
    if (row.reference === null) continue
    if (row.refusal !== null) {
      recorded.set(row.reference, { refusal: refusalFromJson(row.refusal) })
      continue
    }
    const { reference, transactionCode, eventAtMs, owner, code, asset, amount } = row
    const entries = entriesOf.get(reference) ?? []
    entriesOf.set(reference, entries)
    entries.push({ account: { owner, code, asset }, amount: BigInt(amount) })
    const eventAt = new Date(Math.round(eventAtMs))
    recorded.set(reference, { code: transactionCode, eventAt, entries })
  }
  const [batch] = rows
  if (batch === undefined) throw new Error('A select without a condition answered no row.')
  return { recorded, firstId: Number(batch.firstId), now: new Date(Math.floor(batch.nowMs)) }
}

/** A row of `transactions`: one that is booked, or refused. */
type NewTransaction = BookedTransaction | (TransactionDraft & { id: string; refusal: Refusal })

/** Inserts those whose references are free, and answers how many they were. */
export async function insertTransactions(
  tx: Transaction,
  transactions: readonly NewTransaction[],
  recordedAt: Date,
): Promise<number> {
  if (transactions.length === 0) return 0
  const column = <T>(value: (transaction: NewTransaction) => T) =>
    sql.param(transactions.map(value))
  const times = sql.param(`{${transactions.map(({ eventAt }) => eventAt.toISOString()).join(',')}}`)
  const [inserted] = await tx.execute<{ count: number }>(sql`
    with inserted as (
      insert into ledger.transactions
        (id, event_at, recorded_at, reference, code, owner, traceparent, refusal)
      select id, event_at, ${recordedAt.toISOString()}::timestamptz, reference, code, owner,
        traceparent, refusal
      from unnest(
        ${numericArray(transactions.map(({ id }) => id))}::bigint[], ${times}::timestamptz[],
        ${column(({ reference }) => reference)}::text[], ${column(({ code }) => code)}::text[],
        ${column(({ owner }) => owner)}::text[],
        ${column(({ traceparent }) => traceparent ?? null)}::text[],
        ${column((each) => ('refusal' in each ? refusalToJson(each.refusal) : null))}::jsonb[]
      ) as draft (id, event_at, reference, code, owner, traceparent, refusal)
      order by reference
      on conflict do nothing
      returning 1
    )
    select count(*)::int as count from inserted
  `)
  return inserted?.count ?? 0
}

/** Inserts the entries of new transactions. */
export async function insertEntries(
  tx: Transaction,
  accountIds: ReadonlyMap<string, string>,
  transactions: readonly BookedTransaction[],
): Promise<void> {
  const entries = transactions.flatMap((transaction) => transaction.entries)
  const transactionIds = transactions.flatMap(({ id, entries }) => entries.map(() => id))
  const accounts = entries.map(({ account }) => accountIds.get(accountKey(account)) as string)
  await tx.execute(sql`
    insert into ledger.entries (account_id, account_version, transaction_id, amount, balance_after)
    select * from unnest(
      ${numericArray(accounts)}::bigint[],
      ${numericArray(entries.map((entry) => entry.accountVersion))}::bigint[],
      ${numericArray(transactionIds)}::bigint[],
      ${numericArray(entries.map((entry) => entry.amount))}::numeric[],
      ${numericArray(entries.map((entry) => entry.balanceAfter))}::numeric[]
    )
  `)
}
