import type { Postgres } from '@coffer/postgres/open-postgres'
import { ownedBy } from '@coffer/wallets/owned-by'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { WithdrawalReader } from '../ports.ts'
import { withdrawals } from '../schema.ts'
import { withdrawalOf } from './withdrawal-rows.ts'

/** {@link WithdrawalReader} in PostgreSQL. */
export const postgresWithdrawals = (postgres: Postgres): WithdrawalReader => ({
  async find(id) {
    const [row] = await postgres.select().from(withdrawals).where(eq(withdrawals.id, id))
    return row && withdrawalOf(row)
  },
  async list({ tenant, owner, status, before, limit }) {
    const rows = await postgres
      .select()
      .from(withdrawals)
      .where(
        and(
          ownedBy(tenant, withdrawals.owner),
          owner === undefined ? undefined : eq(withdrawals.owner, owner),
          status === undefined ? undefined : eq(withdrawals.status, status),
          before &&
            sql`(${withdrawals.requestedAt}, ${withdrawals.id}) <
            (${before.requestedAt.toISOString()}, ${before.id})`,
        ),
      )
      .orderBy(desc(withdrawals.requestedAt), desc(withdrawals.id))
      .limit(limit)
    return rows.map(withdrawalOf)
  },
  async kindOf(owner) {
    const [found] = await postgres.execute<{ kind: 'user' | 'merchant' | 'payment' }>(
      sql`select kind from wallets.owners where id = ${owner}`,
    )
    return found?.kind
  },
})
