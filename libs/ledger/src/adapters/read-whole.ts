import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/**
 * Tells PostgreSQL that what `tx` asks next reads whole tables and answers little: it takes its
 * time, memory rather than files, tables of hashes rather than orders, and every processor.
 */
export async function readWhole(tx: Transaction): Promise<void> {
  for (const setting of SETTINGS) await tx.execute(sql.raw(`set local ${setting}`))
}

const SETTINGS = [
  'statement_timeout = 0',
  'idle_in_transaction_session_timeout = 0',
  'jit = off',
  "work_mem = '256MB'",
  'enable_mergejoin = off',
  // It expects as many rows of a full join as go into it, and that telling them costs the most.
  'parallel_tuple_cost = 0',
]
