import { startStack } from '@coffer/devstack/start-stack'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { migrate } from '@coffer/postgres/migrate'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { ledgerMigrations } from '../migrations.ts'

export type LedgerDatabase = AsyncDisposable & { url: string; postgres: Postgres }

/** A PostgreSQL of its own with an empty ledger, for the tests of one file. */
export async function startLedgerDatabase(): Promise<LedgerDatabase> {
  await using resources = new AsyncDisposableStack()
  const stack = resources.use(await startStack({ parts: ['postgres'] }))
  const url = stack.urls.DATABASE_URL
  const postgres = resources.use(openPostgres(url))
  await migrate(postgres, [messagingMigrations, ledgerMigrations])
  const owned = resources.move()
  return { url, postgres, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
