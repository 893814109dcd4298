import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** What an account is named by. */
export type AccountName = { owner: string; code: string; asset: string }

/** An account as it stands: all its shards are one. */
export type AccountView = {
  owner: string
  code: string
  asset: AssetId
  debitsPosted: bigint
  creditsPosted: bigint
  debitsPending: bigint
  creditsPending: bigint
  entries: number
  openedAt: Date
}

export type AccountListRequest = {
  owner?: string | undefined
  code?: string | undefined
  asset?: string | undefined
  /** The last account of the page before. */
  after?: AccountName | undefined
  limit: number
}

/** Accounts in the order of their names. */
export async function listAccounts(
  postgres: Postgres,
  { owner, code, asset, after, limit }: AccountListRequest,
): Promise<AccountView[]> {
  const conditions = [
    ...(owner === undefined ? [] : [sql`owner = ${owner}`]),
    ...(code === undefined ? [] : [sql`code = ${code}`]),
    ...(asset === undefined ? [] : [sql`asset = ${asset}`]),
    ...(after === undefined
      ? []
      : [sql`(owner, code, asset) > (${after.owner}, ${after.code}, ${after.asset})`]),
  ]
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`
  const rows = await postgres.execute<Record<keyof AccountView, string>>(sql`
    select owner, code, asset,
      sum(debits_posted) as "debitsPosted", sum(credits_posted) as "creditsPosted",
      sum(debits_pending) as "debitsPending", sum(credits_pending) as "creditsPending",
      sum(version) as entries,
      extract(epoch from min(opened_at))::float8 * 1000 as "openedAt"
    from ledger.accounts
    ${where}
    group by owner, code, asset
    order by owner, code, asset
    limit ${limit}
  `)
  return rows.map((row) => ({
    ...{ owner: row.owner, code: row.code, asset: row.asset as AssetId },
    debitsPosted: BigInt(row.debitsPosted),
    creditsPosted: BigInt(row.creditsPosted),
    debitsPending: BigInt(row.debitsPending),
    creditsPending: BigInt(row.creditsPending),
    entries: Number(row.entries),
    openedAt: new Date(Number(row.openedAt)),
  }))
}

export type AccountEntry = {
  transactionId: string
  reference: string
  code: string
  eventAt: Date
  recordedAt: Date
  /** A debit is positive, a credit negative. */
  amount: bigint
  /** Debits − credits after it; `undefined` where the account is in shards. */
  balance: bigint | undefined
}

/** Where a page ended in each shard: by its number, the version that was shown last. */
export type EntryPlace = Readonly<Record<string, number>>

/** The entries of an account, newest first, and where the next page begins. */
export async function listEntries(
  postgres: Postgres,
  { name, place = {}, limit }: { name: AccountName; place?: EntryPlace; limit: number },
): Promise<{ items: AccountEntry[]; next: EntryPlace | undefined }> {
  const { owner, code, asset } = name
  const rows = await postgres.execute<
    Record<'transactionId' | 'reference' | 'code' | 'amount' | 'balance', string> &
      Record<'shard' | 'version' | 'eventAtMs' | 'recordedAtMs', number>
  >(sql`
    select account.shard, entry.account_version::int as version, entry.amount,
      entry.balance_after as balance, transaction.id as "transactionId", transaction.reference,
      transaction.code,
      extract(epoch from transaction.event_at)::float8 * 1000 as "eventAtMs",
      extract(epoch from transaction.recorded_at)::float8 * 1000 as "recordedAtMs"
    from ledger.accounts account
    cross join lateral (
      select * from ledger.entries
      where account_id = account.id and account_version < coalesce(
        (${JSON.stringify(place)}::jsonb ->> account.shard::text)::bigint, account.version + 1)
      order by account_version desc
      limit ${limit + 1}
    ) entry
    join ledger.transactions transaction on transaction.id = entry.transaction_id
    where account.owner = ${owner} and account.code = ${code} and account.asset = ${asset}
    order by transaction.recorded_at desc, transaction.id desc, entry.account_version desc
    limit ${limit + 1}
  `)
  const shown = rows.slice(0, limit)
  const next: Record<string, number> = { ...place }
  for (const { shard, version } of shown) next[shard] = version
  const isSharded = owner === 'system'
  return {
    items: shown.map((row) => ({
      ...{ transactionId: row.transactionId, reference: row.reference, code: row.code },
      eventAt: new Date(Math.round(row.eventAtMs)),
      recordedAt: new Date(Math.round(row.recordedAtMs)),
      amount: BigInt(row.amount),
      balance: isSharded ? undefined : BigInt(row.balance),
    })),
    next: rows.length > limit ? next : undefined,
  }
}
