import { enqueue } from '@coffer/messaging/outbox'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { createOwner } from '@coffer/wallets/create-owner'
import { eq } from 'drizzle-orm'
import type { Merchants } from '../ports.ts'
import { merchants } from '../schema.ts'

/** {@link Merchants} in PostgreSQL. */
export const postgresMerchants = (postgres: Postgres): Merchants => ({
  create: (merchant, tenant, message) =>
    postgres.transaction(async (tx) => {
      await createOwner(tx, { id: merchant.id, kind: 'merchant', tenant })
      await tx.insert(merchants).values(merchant)
      await enqueue(tx, [message])
    }),
  async find(id) {
    return (await postgres.select().from(merchants).where(eq(merchants.id, id)))[0]
  },
  update: (id, change) =>
    postgres.transaction(async (tx) => {
      const byId = eq(merchants.id, id)
      const [current] = await tx.select().from(merchants).where(byId).for('no key update')
      const changed = current && change(current)
      if (changed === undefined) return current
      await tx.update(merchants).set(changed.merchant).where(byId)
      await enqueue(tx, [changed.message])
      return changed.merchant
    }),
})
