import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, eq, gt, lte, sql } from 'drizzle-orm'
import type { Sessions } from '../ports.ts'
import { sessions } from '../schema.ts'

const asHex = (hash: Buffer): `0x${string}` => `0x${hash.toString('hex')}`

/** {@link Sessions} in PostgreSQL. Those that are over go when another begins. */
export const postgresSessions = (postgres: Postgres): Sessions => ({
  async begin(hash, session) {
    await postgres.delete(sessions).where(lte(sessions.expiresAt, sql`now()`))
    await postgres.insert(sessions).values({ hash: asHex(hash), ...session })
  },
  async find(hash) {
    const [found] = await postgres
      .select({ keyId: sessions.keyId, expiresAt: sessions.expiresAt })
      .from(sessions)
      .where(and(eq(sessions.hash, asHex(hash)), gt(sessions.expiresAt, sql`now()`)))
    return found
  },
  async end(hash) {
    await postgres.delete(sessions).where(eq(sessions.hash, asHex(hash)))
  },
})
