import type { Transaction } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** What is booked under one reference, for an owner: a deposit, or that it was taken back. */
export type DepositBooking = { reference: string; amount: bigint }

/**
 * What is booked under `references` of deposits, by how much custody grew. What is held for nobody
 * is none of it, and neither is that it was taken back.
 */
export async function depositBookings(
  postgres: Pick<Transaction, 'execute'>,
  references: readonly string[],
): Promise<DepositBooking[]> {
  const rows = await postgres.execute<{ reference: string; amount: string }>(sql`
    select transaction.reference, coalesce(custody.amount, 0) as amount
    from ledger.transactions transaction
    left join ledger.transactions taken_back on taken_back.id = transaction.reverses
    cross join lateral (
      select sum(entry.amount) as amount
      from ledger.entries entry cross join lateral (
        -- Sought for each entry: by old figures the planner would read all accounts each time.
        select code from ledger.accounts where id = entry.account_id offset 0
      ) account
      where entry.transaction_id = transaction.id and account.code = 'custody'
    ) custody
    where transaction.reference = any(${sql.param(references)}::text[])
      and transaction.refusal is null and transaction.code <> 'deposit.suspense'
      and taken_back.code is distinct from 'deposit.suspense'`)
  return rows.map(({ reference, amount }) => ({ reference, amount: BigInt(amount) }))
}

/** References of the deposits for owners among the newest `count` transactions of the ledger. */
export async function newestDepositReferences(
  postgres: Pick<Transaction, 'execute'>,
  count: number,
): Promise<string[]> {
  const rows = await postgres.execute<{ reference: string }>(sql`
    select reference from (
      select reference, code from ledger.transactions
      where refusal is null order by recorded_xid desc, id desc limit ${count}
    ) newest
    where code in ('deposit.credit', 'deposit.unassigned')`)
  return rows.map(({ reference }) => reference)
}
