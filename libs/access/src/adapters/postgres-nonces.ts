import type { Postgres } from '@coffer/postgres/open-postgres'
import { lt, sql } from 'drizzle-orm'
import type { Nonces } from '../ports.ts'
import { nonces } from '../schema.ts'

/** Those that are over go so often at most. */
const SWEPT_EVERY_MS = 10_000

/** {@link Nonces} in PostgreSQL, which all processes of the API share. */
export function postgresNonces(postgres: Postgres, clock = () => performance.now()): Nonces {
  let sweptAt = clock()
  return {
    async take(keyId, nonce, until) {
      const row = { keyId, nonce, expiresAt: until }
      const taken = await postgres.insert(nonces).values(row).onConflictDoNothing().returning()
      if (clock() - sweptAt > SWEPT_EVERY_MS) {
        sweptAt = clock()
        // Nobody waits for it, and the next one does it if it fails.
        postgres
          .delete(nonces)
          .where(lt(nonces.expiresAt, sql`now()`))
          .catch(() => undefined)
      }
      return taken.length > 0
    },
  }
}
