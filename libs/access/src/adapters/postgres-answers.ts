import {
  IdempotencyKeyInFlightError,
  IdempotencyKeyReusedError,
  type Once,
} from '@coffer/http/idempotency'
import type { Database } from '@coffer/postgres/open-postgres'
import { and, eq, sql } from 'drizzle-orm'
import { answers } from '../schema.ts'

/**
 * {@link Once} in PostgreSQL, for acts that `actsIn` makes of a transaction. What was answered is
 * kept for ever. Whoever comes while the same key is under way elsewhere does not wait for it.
 */
export const postgresOnce =
  <Acts>(postgres: Database, actsIn: (tx: Database) => Acts): Once<Acts> =>
  ({ scope, key, hash }, work) =>
    postgres.transaction(async (tx) => {
      const [lock] = await tx.execute<{ taken: boolean }>(
        sql`select pg_try_advisory_xact_lock(hashtextextended(${`${scope} ${key}`}, 0)) as taken`,
      )
      if (lock?.taken !== true) throw new IdempotencyKeyInFlightError(key)
      const [known] = await tx
        .select()
        .from(answers)
        .where(and(eq(answers.scope, scope), eq(answers.key, key)))
      if (known !== undefined) {
        if (known.hash !== hash) throw new IdempotencyKeyReusedError(key)
        return known.body as never
      }
      const body = await work(actsIn(tx))
      await tx.insert(answers).values({ scope, key, hash, body })
      return body
    })
