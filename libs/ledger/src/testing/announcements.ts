import type { Message } from '@coffer/events/event'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { transactionsOutbox } from '../adapters/transactions-outbox.ts'

/** All that the ledger ever owed to the broker, in the order in which it was committed. */
export async function announcements(postgres: Postgres): Promise<Message[]> {
  const { columns, table, transactionId, messages } = transactionsOutbox.source
  const rows = await postgres.execute<Record<string, unknown>>(sql`
    select ${columns} from ${table} waiting
    where ${transactionsOutbox.source.isOf(transactionsOutbox.topic)}
    order by waiting.${transactionId}, waiting.id`)
  return (await messages(postgres, rows)).flat()
}
