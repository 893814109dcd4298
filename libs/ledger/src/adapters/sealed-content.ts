import { sql } from 'drizzle-orm'

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::bigint`

/**
 * All that was booked in a row called `transaction`, as one text: what is sealed. It is the same
 * for ever, for nothing that it is made of is ever changed. Ids of accounts stay out of it, since
 * they are only the database's.
 */
export const sealedContent = sql.raw(`json_build_array(
  transaction.id, transaction.reference, transaction.code, transaction.owner,
  ${ms('transaction.event_at')}, ${ms('transaction.recorded_at')},
  transaction.refusal::text, transaction.phase, ${ms('transaction.expires_at')},
  transaction.resolves, transaction.reverses,
  case when transaction.closes is not null then (
    select json_agg(json_build_array(account.owner, account.code, account.asset)
      order by account.owner, account.code, account.asset)
    from ledger.accounts account where account.id = any(transaction.closes)
  ) end,
  (
    select json_agg(json_build_array(account.owner, account.code, account.asset, account.shard,
      entry.account_version, entry.amount::text, entry.balance_after::text)
      order by account.owner, account.code, account.asset, account.shard, entry.account_version)
    from ledger.entries entry join ledger.accounts account on account.id = entry.account_id
    where entry.transaction_id = transaction.id
  ),
  case when transaction.phase = 'held' then (
    select json_agg(json_build_array(account.owner, account.code, account.asset, account.shard,
      held.amount::text) order by account.owner, account.code, account.asset, account.shard)
    from ledger.held_entries held join ledger.accounts account on account.id = held.account_id
    where held.hold_id = transaction.id
  ) end
)::text`)

/** The Merkle leaf of {@link sealedContent}: see `leafOf`. */
export const sealedLeaf = sql`sha256('\\x00'::bytea || convert_to(${sealedContent}, 'UTF8'))`
