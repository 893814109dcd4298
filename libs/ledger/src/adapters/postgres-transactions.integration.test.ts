import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed } from '../testing/sample-events.ts'
import { postTransactions } from './post-transactions.ts'

const SIZE = 300

test('reads as many transactions for a batch as it books, however many there are', async () => {
  await using database = await ledgerDatabase()
  const { postgres } = database
  // Nobody has looked at how large the tables are by now, as in the first minutes of a ledger.
  const read = async (batch: number) => {
    const drafts = Array.from({ length: SIZE }, (_, place) => {
      const number = batch * SIZE + place
      return depositCredit(confirmed({ number, owner: `owner-${place}`, amount: 1n }).data)
    })
    return await postgres.transaction(async (tx) => {
      const before = await rowsRead(tx)
      await postTransactions(tx, drafts)
      return (await rowsRead(tx)) - before
    })
  }

  const rows: number[] = []
  for (let batch = 0; batch < 6; batch += 1) rows.push(await read(batch))

  expect(rows).toEqual(rows.map(() => SIZE))
})

/** How many rows of transactions this connection has read, since it last told the statistics. */
async function rowsRead(tx: Transaction): Promise<number> {
  const [counted] = await tx.execute<{ rows: number }>(sql`
    select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables
    where relid = 'ledger.transactions'::regclass
  `)
  return counted?.rows ?? 0
}
