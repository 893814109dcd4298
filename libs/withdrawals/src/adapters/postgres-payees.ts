import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, asc, eq } from 'drizzle-orm'
import type { Payees } from '../ports.ts'
import { payees } from '../schema.ts'

/** {@link Payees} in PostgreSQL. */
export const postgresPayees = (postgres: Postgres): Payees => ({
  async add(owner, chain, { address, label, addedAt, usableFrom }) {
    const row = { owner, chain, address, label, addedAt, usableFrom }
    await postgres.insert(payees).values(row).onConflictDoNothing()
    const [found] = await postgres
      .select()
      .from(payees)
      .where(and(eq(payees.owner, owner), eq(payees.chain, chain), eq(payees.address, address)))
    if (found === undefined) throw new Error('A payee was neither inserted nor found.')
    return { ...found, label: found.label ?? undefined }
  },
  async list(owner) {
    const rows = await postgres
      .select()
      .from(payees)
      .where(eq(payees.owner, owner))
      .orderBy(asc(payees.addedAt), asc(payees.address))
    return rows.map((row) => ({ ...row, label: row.label ?? undefined }))
  },
})
