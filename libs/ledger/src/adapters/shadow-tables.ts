import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** Where a ledger is rebuilt, beside the one that is in use. */
export const SHADOW = 'ledger_rebuild'

/**
 * Tables that hold what the log says, as the ledger would hold it. They need not outlive a crash of
 * the database, which empties all of them at once: then the log is read anew. Indexes would cost
 * more than they save, for each table is read whole, once.
 */
export async function createShadow(tx: Transaction): Promise<void> {
  await tx.execute(sql.raw(`drop schema if exists ${SHADOW} cascade`))
  await tx.execute(sql.raw(`create schema ${SHADOW}`))
  for (const table of TABLES) await tx.execute(sql.raw(`create unlogged table ${SHADOW}.${table}`))
}

export const dropShadow = (tx: Transaction) =>
  tx.execute(sql.raw(`drop schema if exists ${SHADOW} cascade`))

/** Columns and their types, which are the ledger's. A `message` is a place in the log. */
const TABLES = [
  // What the relay had published when the rebuild began: all up to there must be in the log.
  `run (topic text not null, began_at timestamptz not null default clock_timestamp(),
    published_xid xid8 not null, published_id bigint not null, restored_id bigint not null,
    repeats bigint not null default 0, settled_at timestamptz, ended_at timestamptz)`,
  `partitions (partition int primary key, begins bigint not null, next bigint not null,
    ends bigint not null)`,
  'problems (message bigint not null, subject text not null, problem text not null)',
  // Those of the ledger keep their ids. Others have negative ones: see `accountNumbers`.
  `accounts (id bigint not null, owner text collate "C" not null, code text collate "C" not null,
    asset text collate "C" not null, shard smallint not null)`,
  `transactions (message bigint not null, id bigint not null, event_at timestamptz(3) not null,
    recorded_at timestamptz(3) not null, reference text collate "C" not null,
    code text collate "C" not null, owner text collate "C" not null, traceparent text,
    phase text collate "C", expires_at timestamptz(3), resolves text collate "C",
    reverses text collate "C", closes bigint[], resolves_id bigint, reverses_id bigint)`,
  `entries (message bigint not null, account_id bigint not null, account_version bigint not null,
    transaction_id bigint not null, amount numeric(96, 0) not null,
    balance_after numeric(96, 0) not null)`,
  `held_entries (message bigint not null, hold_id bigint not null, account_id bigint not null,
    amount numeric(96, 0) not null)`,
]
