import type { AssetId } from '@coffer/money/asset'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { BookedEntry } from '../domain/apply-postings.ts'
import type { AccountCode } from '../domain/chart-of-accounts.ts'
import type { RecordedTransaction } from '../domain/recorded-transaction.ts'
import { type AccountName, accountKey, type TransactionDraft } from '../domain/transaction.ts'
import { numericArray } from './numeric-array.ts'

/** What the ledger holds under `references`, by reference. */
export async function readRecorded(
  tx: Transaction,
  references: readonly string[],
): Promise<Map<string, RecordedTransaction>> {
  const rows = await tx.execute<{
    reference: string
    transactionCode: string
    eventAtMs: number
    owner: string
    code: AccountCode
    asset: AssetId
    amount: string
  }>(sql`
    select transaction.reference, transaction.code as "transactionCode",
      extract(epoch from transaction.event_at)::float8 * 1000 as "eventAtMs",
      account.owner, account.code, account.asset, entry.amount
    from ledger.transactions transaction
    join ledger.entries entry on entry.transaction_id = transaction.id
    join ledger.accounts account on account.id = entry.account_id
    where transaction.reference = any(${sql.param(references)}::text[])
  `)
  type Entry = { account: AccountName; amount: bigint }
  const recorded = new Map<string, RecordedTransaction & { entries: Entry[] }>()
  for (const { reference, transactionCode, eventAtMs, owner, code, asset, amount } of rows) {
    let transaction = recorded.get(reference)
    if (transaction === undefined) {
      const eventAt = new Date(Math.round(eventAtMs))
      transaction = { code: transactionCode, eventAt, entries: [] }
      recorded.set(reference, transaction)
    }
    transaction.entries.push({ account: { owner, code, asset }, amount: BigInt(amount) })
  }
  return recorded
}

/** The id and time that the database gave a transaction. */
export type InsertedTransaction = { id: string; recordedAt: Date }

/** Inserts the drafts whose references are free, and answers those, by reference. */
export async function insertTransactions(
  tx: Transaction,
  drafts: readonly TransactionDraft[],
): Promise<Map<string, InsertedTransaction>> {
  const references = sql.param(drafts.map(({ reference }) => reference))
  const codes = sql.param(drafts.map(({ code }) => code))
  const times = sql.param(`{${drafts.map(({ eventAt }) => eventAt.toISOString()).join(',')}}`)
  const rows = await tx.execute<{ id: string; reference: string; recordedAtMs: number }>(sql`
    insert into ledger.transactions (reference, code, event_at)
    select reference, code, event_at
    from unnest(${references}::text[], ${codes}::text[], ${times}::timestamptz[])
      as draft (reference, code, event_at)
    order by reference
    on conflict do nothing
    returning id, reference, extract(epoch from recorded_at)::float8 * 1000 as "recordedAtMs"
  `)
  return new Map(
    rows.map(({ id, reference, recordedAtMs }) => [
      reference,
      { id, recordedAt: new Date(Math.round(recordedAtMs)) },
    ]),
  )
}

/** Inserts the entries of new transactions, given with the id of their transaction. */
export async function insertEntries(
  tx: Transaction,
  accountIds: ReadonlyMap<string, string>,
  entries: readonly (BookedEntry & { transactionId: string })[],
): Promise<void> {
  const accounts = entries.map(({ account }) => accountIds.get(accountKey(account)) as string)
  const transactions = sql.param(`{${entries.map((entry) => entry.transactionId).join(',')}}`)
  await tx.execute(sql`
    insert into ledger.entries (account_id, account_version, transaction_id, amount, balance_after)
    select * from unnest(
      ${numericArray(accounts)}::bigint[],
      ${numericArray(entries.map((entry) => entry.accountVersion))}::bigint[],
      ${transactions}::uuid[],
      ${numericArray(entries.map((entry) => entry.amount))}::numeric[],
      ${numericArray(entries.map((entry) => entry.balanceAfter))}::numeric[]
    )
  `)
}
