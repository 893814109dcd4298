import type { AssetId } from '@coffer/money/asset'
import { copyField, copyRows } from '@coffer/postgres/copy-rows'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { AccountCode } from '../domain/chart-of-accounts.ts'
import type { Recorded, RecordedEntry } from '../domain/recorded-transaction.ts'
import { type Refusal, refusalFromJson, refusalToJson } from '../domain/refusal.ts'
import { accountKey, type TransactionDraft } from '../domain/transaction.ts'
import type { BookedTransaction } from '../ports.ts'
import { type RecordedRelations, readRelations } from './postgres-holds.ts'

export type ReadRecorded = {
  /** What the ledger knows of the references, by reference. */
  recorded: Map<string, Recorded>
  /** What was read of holds, and of what ends or takes back another, by reference. */
  relations: ReadonlyMap<string, RecordedRelations>
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
  | ({
      reference: string
      refusal: null
      transactionCode: string
      eventAtMs: number
      isRelated: boolean
    } & (
      | { owner: string; code: AccountCode; asset: AssetId; amount: string }
      // It books nothing.
      | { owner: null; code: null; asset: null; amount: null }
    ))
)

/** What a batch needs that is booked now, of references that nobody is looked for under. */
export async function readNothingRecorded(tx: Transaction): Promise<ReadRecorded> {
  const [batch] = await tx.execute<{ firstId: string; nowMs: number }>(sql`
    select nextval('ledger.transactions_id_seq') as "firstId",
      extract(epoch from clock_timestamp())::float8 * 1000 as "nowMs"
  `)
  if (batch === undefined) throw new Error('A select without a condition answered no row.')
  const now = new Date(Math.floor(batch.nowMs))
  return { recorded: new Map(), relations: new Map(), firstId: Number(batch.firstId), now }
}

/** Whether what can be said of a draft depends on what was booked before under other references. */
export const isAboutOthers = (draft: TransactionDraft): boolean => namedBy(draft).length > 0

/**
 * What the ledger knows of the references that `drafts` name, and what a batch needs that is booked
 * now.
 */
export async function readRecorded(
  tx: Transaction,
  drafts: readonly TransactionDraft[],
): Promise<ReadRecorded> {
  const others = new Set(drafts.flatMap(namedBy))
  const references = [...new Set([...drafts.map(({ reference }) => reference), ...others])]
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
        coalesce(transaction.phase is not null or transaction.reverses is not null
          or transaction.closes is not null, false) as "isRelated",
        account.owner, account.code, account.asset, entry.amount
      from ledger.transactions transaction
      left join ledger.entries entry on entry.transaction_id = transaction.id
      left join ledger.accounts account on account.id = entry.account_id
      where transaction.reference = any(${sql.param(references)}::text[])
    ) known on true
  `)
  const recorded = new Map<string, Recorded>()
  const entriesOf = new Map<string, RecordedEntry[]>()
  for (const row of rows) {
    if (row.reference === null) continue
    if (row.refusal !== null) {
      recorded.set(row.reference, { refusal: refusalFromJson(row.refusal) })
      continue
    }
    const { reference, transactionCode, eventAtMs } = row
    if (row.isRelated) others.add(reference)
    const entries = entriesOf.get(reference) ?? []
    entriesOf.set(reference, entries)
    if (row.amount !== null) {
      const { owner, code, asset, amount } = row
      entries.push({ account: { owner, code, asset }, amount: BigInt(amount) })
    }
    const eventAt = new Date(Math.round(eventAtMs))
    recorded.set(reference, { code: transactionCode, eventAt, entries })
  }
  const [batch] = rows
  if (batch === undefined) throw new Error('A select without a condition answered no row.')
  const relations = await readRelations(tx, [...others])
  for (const [reference, { held, ...relation }] of relations) {
    recorded.set(reference, {
      ...relation,
      entries: relation.hold ? held : (entriesOf.get(reference) ?? []),
    })
  }
  const now = new Date(Math.floor(batch.nowMs))
  return { recorded, relations, firstId: Number(batch.firstId), now }
}

/** The other transactions that a draft is about. */
const namedBy = ({ unless, reverses, resolves }: TransactionDraft): string[] => [
  ...(unless === undefined ? [] : [unless]),
  ...(reverses === undefined ? [] : [reverses]),
  ...(resolves === undefined ? [] : [resolves.hold]),
]

/** A row of `transactions`: one that is booked, or refused. */
type NewTransaction = BookedTransaction | (TransactionDraft & { id: string; refusal: Refusal })

type Inserted = {
  recordedAt: Date
  accountIds: ReadonlyMap<string, string>
  /** The id of a transaction that others are about, by reference. */
  idOf: (reference: string) => string | undefined
}

/**
 * Inserts transactions. Throws the driver's error when a reference is taken: its constraint is
 * `transactions_reference`.
 */
export async function insertTransactions(
  tx: Transaction,
  transactions: readonly NewTransaction[],
  { recordedAt, ...related }: Inserted,
): Promise<void> {
  if (transactions.length === 0) return
  const recorded = recordedAt.toISOString()
  let lines = ''
  for (const transaction of transactions) {
    const { id, eventAt, reference, code, owner, traceparent = null } = transaction
    lines +=
      `${id}\t${eventAt.toISOString()}\t${recorded}\t${copyField(reference)}\t` +
      `${copyField(code)}\t${copyField(owner)}\t${copyField(traceparent)}\t` +
      `${relationFields(transaction, related)}\n`
  }
  const columns =
    'id, event_at, recorded_at, reference, code, owner, traceparent, ' +
    'refusal, phase, expires_at, resolves, reverses, closes'
  await copyRows(tx, { into: `ledger.transactions (${columns})`, lines })
}

/** The fields of a transaction that is refused, or does more than to book entries. */
function relationFields(
  transaction: NewTransaction,
  { accountIds, idOf }: Omit<Inserted, 'recordedAt'>,
): string {
  if ('refusal' in transaction) {
    return [refusalToJson(transaction.refusal), null, null, null, null, null]
      .map(copyField)
      .join('\t')
  }
  const { hold, resolves, reverses, closes } = transaction
  // Nearly all only book entries.
  if (!(hold || resolves || reverses !== undefined || closes)) return NO_RELATIONS
  const fields = [
    undefined,
    hold ? 'held' : resolves?.as,
    hold?.expiresAt?.toISOString(),
    resolves && idOf(resolves.hold),
    reverses === undefined ? undefined : idOf(reverses),
    closes && `{${closes.map((name) => accountIds.get(accountKey(name))).join(',')}}`,
  ]
  return fields.map((field) => copyField(field ?? null)).join('\t')
}

const NO_RELATIONS = Array<string>(6).fill(copyField(null)).join('\t')

/** Inserts the entries of new transactions. */
export async function insertEntries(
  tx: Transaction,
  accountIds: ReadonlyMap<string, string>,
  transactions: readonly BookedTransaction[],
): Promise<void> {
  if (transactions.every((transaction) => transaction.entries.length === 0)) return
  let lines = ''
  for (const { id, entries } of transactions) {
    for (const { account, accountVersion, amount, balanceAfter } of entries) {
      const accountId = accountIds.get(accountKey(account))
      lines += `${accountId}\t${accountVersion}\t${id}\t${amount}\t${balanceAfter}\n`
    }
  }
  const columns = 'account_id, account_version, transaction_id, amount, balance_after'
  await copyRows(tx, { into: `ledger.entries (${columns})`, lines })
}
