import { messagingMigrations } from '@coffer/messaging/migrations'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { ledgerMigrations } from '../migrations.ts'

/** A database of its own with an empty ledger, for the tests of one file. */
export const ledgerDatabase = ({ connectionsMax = 10 } = {}): Promise<TestDatabase> =>
  testDatabase([messagingMigrations, ledgerMigrations], { connectionsMax })
