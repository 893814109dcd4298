import { sql } from 'drizzle-orm'
import type { Transaction } from './open-postgres.ts'

/** Lets the statements of `tx`, and what is done between them, take as long as they need. */
export async function takeTime(tx: Pick<Transaction, 'execute'>): Promise<void> {
  await tx.execute(sql`
    set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0`)
}
