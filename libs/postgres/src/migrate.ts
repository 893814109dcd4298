import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import type { Postgres } from './open-postgres.ts'
import { takeTime } from './take-time.ts'

/** The migrations of one context: a folder that `npm run migrations` writes to. */
export type Migrations = {
  /** The context's PostgreSQL schema; its migration records live there too. */
  schema: string
  folder: URL
}

/** Two processes that migrate at once take turns on this advisory lock. */
const LOCK_KEY = 0x636f66666572

/**
 * Applies what is missing of each context, in the order given. Safe to run from many at once. Takes
 * two connections of the pool.
 */
export async function migrate(postgres: Postgres, contexts: readonly Migrations[]): Promise<void> {
  await postgres.transaction(async (lock) => {
    // It waits for others, and then for what is migrated beside it.
    await takeTime(lock)
    await lock.execute(sql`select pg_advisory_xact_lock(${LOCK_KEY})`)
    for (const { schema, folder } of contexts) {
      // The migrator wants the driver's own kind of database; it uses no answer of `execute`.
      await applyMigrations(postgres as never, {
        migrationsFolder: fileURLToPath(folder),
        migrationsSchema: schema,
        migrationsTable: 'migrations',
      })
    }
  })
}
