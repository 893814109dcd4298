import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { StatementPlace } from '../domain/statement-cursor.ts'

export type StatementRequest = {
  owner: string
  asset: AssetId
  /** What was booked from then on. Default: from the beginning. */
  from?: Date | undefined
  /** What was booked before then. Default: until now. */
  to?: Date | undefined
  /** Where an earlier page ended; `from` and `to` count for nothing then. */
  place?: StatementPlace | undefined
  limit: number
}

export type StatementLine = {
  transactionId: string
  reference: string
  code: string
  eventAt: Date
  recordedAt: Date
  /** What came, or went if it is negative. */
  amount: bigint
  /** What the owner had after it, held or not. */
  balance: bigint
}

/** A page of what was booked for an owner, in the order in which it was. */
export type Statement = {
  /** What the owner had before the first line of the first page. */
  opening: bigint
  /** What the owner had after the last line of the last page. */
  closing: bigint
  lines: StatementLine[]
  /** Where the next page begins. */
  next?: StatementPlace
}

/** Reads a page of an owner's statement of one asset. What holds reserve is in the balances. */
export async function readStatement(
  postgres: Postgres,
  request: StatementRequest,
): Promise<Statement> {
  const { owner, asset, from, to, limit } = request
  const [account] = await postgres.execute<{ id: string; opening: string; closing: string }>(sql`
    select id,
      ${from ? sql`ledger.version_at(id, ${lastBefore(from)})` : sql.raw('0')} as opening,
      ${to ? sql`ledger.version_at(id, ${lastBefore(to)})` : sql.raw('version')} as closing
    from ledger.accounts
    where owner = ${owner} and code = 'owner.available' and asset = ${asset} and shard = 0
  `)
  if (account === undefined) return { opening: 0n, closing: 0n, lines: [] }
  const opening = Number(account.opening)
  const closing = Math.max(opening, Number(account.closing))
  const place = request.place ?? { opening, closing, after: opening }
  const lines = await readLines(postgres, account.id, { ...place, limit })
  const after = place.after + lines.length
  const statement = { lines, ...(await readBalances(postgres, account.id, place)) }
  return after < place.closing ? { ...statement, next: { ...place, after } } : statement
}

/** Times are kept by the millisecond. */
const lastBefore = (time: Date) => sql`${new Date(time.getTime() - 1).toISOString()}::timestamptz`

async function readBalances(postgres: Postgres, id: string, { opening, closing }: StatementPlace) {
  const rows = await postgres.execute<{ version: string; balance: string }>(sql`
    select account_version as version, -balance_after as balance from ledger.entries
    where account_id = ${id}::bigint and account_version in (${opening}, ${closing})
  `)
  const balances = new Map(rows.map(({ version, balance }) => [Number(version), BigInt(balance)]))
  return { opening: balances.get(opening) ?? 0n, closing: balances.get(closing) ?? 0n }
}

async function readLines(
  postgres: Postgres,
  accountId: string,
  { after, closing, limit }: StatementPlace & { limit: number },
): Promise<StatementLine[]> {
  const rows = await postgres.execute<{
    transactionId: string
    reference: string
    code: string
    eventAtMs: number
    recordedAtMs: number
    amount: string
    balance: string
  }>(sql`
    select transaction.id as "transactionId", transaction.reference, transaction.code,
      extract(epoch from transaction.event_at)::float8 * 1000 as "eventAtMs",
      extract(epoch from transaction.recorded_at)::float8 * 1000 as "recordedAtMs",
      -entry.amount as amount, -entry.balance_after as balance
    from ledger.entries entry
    join ledger.transactions transaction on transaction.id = entry.transaction_id
    where entry.account_id = ${accountId}::bigint
      and entry.account_version > ${after} and entry.account_version <= ${closing}
    order by entry.account_version
    limit ${limit}
  `)
  return rows.map(({ eventAtMs, recordedAtMs, amount, balance, ...line }) => ({
    ...line,
    eventAt: new Date(Math.round(eventAtMs)),
    recordedAt: new Date(Math.round(recordedAtMs)),
    amount: BigInt(amount),
    balance: BigInt(balance),
  }))
}
