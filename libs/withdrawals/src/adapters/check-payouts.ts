import type { Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'

/** One thing that must be true of what was paid out, and is not. */
export type PayoutViolation = { invariant: 'I7'; subject: string; problem: string }

/**
 * I7, as far as it is stored: no withdrawal is paid by two transactions that succeeded, and each
 * that is completed is paid, as it was asked for, by the one that it names.
 */
export async function checkPayouts(postgres: Postgres): Promise<PayoutViolation[]> {
  const rows = await postgres.execute<Omit<PayoutViolation, 'invariant'>>(sql`
    with paid as materialized (
      select payment.id, payment.to, payment.amount, transaction.id as transaction_id,
        transaction.mined_hash
      from withdrawals.transactions transaction
      cross join lateral jsonb_to_recordset(transaction.payments)
        as payment (id text, "to" text, amount text)
      where transaction.status = 'succeeded' and transaction.purpose = 'payout'
    )
    select format('withdrawal %s', id) as subject,
      format('%s transactions paid it: %s', count(*), string_agg(transaction_id::text, ', '))
        as problem
    from paid group by id having count(*) > 1
    union all
    select format('withdrawal %s', withdrawal.id),
      case when paid.id is null then 'it is completed, and no transaction that succeeded paid it'
        else format('it is to pay %s to 0x%s; transaction %s paid %s to %s', withdrawal.amount,
          encode(withdrawal.to_address, 'hex'), paid.transaction_id, paid.amount, paid.to) end
    from withdrawals.withdrawals withdrawal
    left join paid on paid.id = withdrawal.id::text
      and paid.transaction_id = withdrawal.transaction_id
    where withdrawal.status = 'completed' and (
      paid.mined_hash is distinct from withdrawal.tx_hash
      or paid.amount is distinct from withdrawal.amount::text
      or lower(paid.to) is distinct from '0x' || encode(withdrawal.to_address, 'hex'))
    limit 1000`)
  return rows.map((row) => ({ invariant: 'I7', ...row }))
}
