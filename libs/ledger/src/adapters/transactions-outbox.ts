import type { Message } from '@coffer/events/event'
import { ACCOUNTING_EVENTS } from '@coffer/events/topics'
import type { OutboxSource } from '@coffer/messaging/outbox-source'
import type { RelayedFrom } from '@coffer/messaging/relay-lag'
import type { AssetId } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { AccountCode } from '../domain/chart-of-accounts.ts'
import type { Resolution } from '../domain/transaction.ts'
import { type AnnouncedEntry, transactionCreatedMessage } from '../transaction-created-message.ts'
import { numericArray } from './numeric-array.ts'

type TransactionRow = {
  transaction: string
  reference: string
  code: string
  owner: string
  eventAtMs: number
  recordedAtMs: number
  traceparent: string | null
  phase: 'held' | Resolution | null
  expiresAtMs: number | null
  resolves: string | null
  reverses: string | null
  closes: [owner: string, code: AccountCode, asset: AssetId][] | null
  held: [owner: string, code: AccountCode, asset: AssetId, shard: number, amount: string][] | null
}

/**
 * The ledger's transactions as what is owed to the broker: each announces itself, so that nothing
 * of it is written twice.
 */
const transactionsSource: OutboxSource = {
  name: 'ledger.transactions',
  table: sql.raw('ledger.transactions'),
  transactionId: sql.raw('recorded_xid'),
  writtenAt: sql.raw('recorded_at'),
  isOf: () => sql.raw('refusal is null'),
  columns: sql.raw(`
    waiting.id::text as transaction, waiting.reference, waiting.code, waiting.owner,
    waiting.traceparent,
    extract(epoch from waiting.event_at)::float8 * 1000 as "eventAtMs",
    extract(epoch from waiting.recorded_at)::float8 * 1000 as "recordedAtMs",
    waiting.phase, extract(epoch from waiting.expires_at)::float8 * 1000 as "expiresAtMs",
    case when waiting.resolves is not null then (
      select hold.reference from ledger.transactions hold where hold.id = waiting.resolves
    ) end as resolves,
    case when waiting.reverses is not null then (
      select original.reference from ledger.transactions original
      where original.id = waiting.reverses
    ) end as reverses,
    case when waiting.closes is not null then (
      select json_agg(json_build_array(account.owner, account.code, account.asset))
      from ledger.accounts account where account.id = any(waiting.closes)
    ) end as closes,
    case when waiting.phase = 'held' then (
      select json_agg(
        json_build_array(account.owner, account.code, account.asset, account.shard,
          held.amount::text)
        order by held.account_id
      )
      from ledger.held_entries held join ledger.accounts account on account.id = held.account_id
      where held.hold_id = waiting.id
    ) end as held`),
  async messages(postgres, rows) {
    const messages = await messagesOf(postgres, rows as TransactionRow[])
    return messages.map((message) => [message])
  },
  isPruned: false,
}

/** What the relay of accounting events publishes. */
export const transactionsOutbox: RelayedFrom = {
  topic: ACCOUNTING_EVENTS,
  source: transactionsSource,
}

async function messagesOf(postgres: Postgres, rows: readonly TransactionRow[]): Promise<Message[]> {
  const ids = rows.map(({ transaction }) => transaction)
  const entries = await readEntries(postgres, ids)
  return rows.map(({ transaction, reference, code, owner, ...row }) =>
    transactionCreatedMessage({
      id: transaction,
      reference,
      code,
      owner,
      eventAt: new Date(Math.round(row.eventAtMs)),
      recordedAt: new Date(Math.round(row.recordedAtMs)),
      traceparent: row.traceparent ?? undefined,
      entries: entries.get(transaction) ?? [],
      ...relationsOf(row),
    }),
  )
}

/** The entries of transactions, by transaction, in an order that is always the same. */
async function readEntries(
  postgres: Postgres,
  transactionIds: readonly string[],
): Promise<Map<string, AnnouncedEntry[]>> {
  const rows = await postgres.execute<{
    transaction: string
    owner: string
    code: AccountCode
    asset: AssetId
    shard: number
    amount: string
    version: string
    balance: string
  }>(sql`
    select entry.transaction_id as transaction, account.owner, account.code, account.asset,
      account.shard, entry.amount, entry.account_version as version,
      entry.balance_after as balance
    from unnest(${numericArray(transactionIds)}::bigint[]) as wanted (id)
    -- What each costs grows neither with the ledger nor with what the planner thinks of it.
    cross join lateral (
      select * from ledger.entries where transaction_id = wanted.id
      order by account_id, account_version offset 0
    ) entry
    cross join lateral (
      select * from ledger.accounts where id = entry.account_id offset 0
    ) account
  `)
  const entries = new Map<string, AnnouncedEntry[]>()
  for (const { transaction, owner, code, asset, shard, amount, version, balance } of rows) {
    const account = { owner, code, asset }
    const entry = { account, shard, amount, accountVersion: Number(version), balanceAfter: balance }
    const known = entries.get(transaction)
    if (known === undefined) entries.set(transaction, [entry])
    else known.push(entry)
  }
  return entries
}

function relationsOf({ phase, expiresAtMs, resolves, reverses, closes, held }: Relations) {
  if (phase === null && reverses === null && closes === null) return undefined
  const expiresAt = expiresAtMs === null ? undefined : new Date(Math.round(expiresAtMs))
  return {
    hold: held
      ? {
          held: held.map(([owner, code, asset, shard, amount]) => {
            return { account: { owner, code, asset }, shard, amount: BigInt(amount) }
          }),
          expiresAt,
        }
      : undefined,
    resolves:
      resolves !== null && phase !== 'held' && phase !== null
        ? { hold: resolves, as: phase }
        : undefined,
    reverses: reverses ?? undefined,
    closes: closes?.map(([owner, code, asset]) => ({ owner, code, asset })),
  }
}

type Relations = Pick<
  TransactionRow,
  'phase' | 'expiresAtMs' | 'resolves' | 'reverses' | 'closes' | 'held'
>
