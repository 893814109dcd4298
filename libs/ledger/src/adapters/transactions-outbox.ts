import { ACCOUNTING_EVENTS } from '@coffer/events/topics'
import type { OutboxSource } from '@coffer/messaging/outbox-source'
import type { RelayedFrom } from '@coffer/messaging/relay-lag'
import type { AssetId } from '@coffer/money/asset'
import { sql } from 'drizzle-orm'
import type { AccountCode } from '../domain/chart-of-accounts.ts'
import type { Resolution } from '../domain/transaction.ts'
import { transactionCreatedMessage } from '../transaction-created-message.ts'

type Row = {
  transaction: string
  reference: string
  code: string
  owner: string
  eventAtMs: number
  recordedAtMs: number
  traceparent: string | null
  /** Null where it only holds, ends or closes. */
  entries:
    | [
        owner: string,
        code: AccountCode,
        asset: AssetId,
        shard: number,
        amount: string,
        accountVersion: number,
        balanceAfter: string,
      ][]
    | null
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
  columns: sql`
    waiting.id::text as transaction, waiting.reference, waiting.code, waiting.owner,
    waiting.traceparent,
    extract(epoch from waiting.event_at)::float8 * 1000 as "eventAtMs",
    extract(epoch from waiting.recorded_at)::float8 * 1000 as "recordedAtMs",
    (
      select json_agg(
        json_build_array(
          account.owner, account.code, account.asset, account.shard, entry.amount::text,
          entry.account_version, entry.balance_after::text
        )
        order by entry.account_id, entry.account_version
      )
      from ledger.entries entry join ledger.accounts account on account.id = entry.account_id
      where entry.transaction_id = waiting.id
    ) as entries,
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
    ) end as held`,
  message: (row) => messageOf(row as Row),
  isPruned: false,
}

/** What the relay of accounting events publishes. */
export const transactionsOutbox: RelayedFrom = {
  topic: ACCOUNTING_EVENTS,
  source: transactionsSource,
}

const messageOf = ({ transaction, reference, code, owner, ...row }: Row) =>
  transactionCreatedMessage({
    id: transaction,
    reference,
    code,
    owner,
    eventAt: new Date(Math.round(row.eventAtMs)),
    recordedAt: new Date(Math.round(row.recordedAtMs)),
    traceparent: row.traceparent ?? undefined,
    entries: (row.entries ?? []).map(
      ([accountOwner, account, asset, shard, amount, accountVersion, balanceAfter]) => ({
        account: { owner: accountOwner, code: account, asset },
        shard,
        amount: BigInt(amount),
        accountVersion,
        balanceAfter: BigInt(balanceAfter),
      }),
    ),
    ...relationsOf(row),
  })

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

type Relations = Pick<Row, 'phase' | 'expiresAtMs' | 'resolves' | 'reverses' | 'closes' | 'held'>
