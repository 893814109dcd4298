import { afterAll, afterEach } from 'vitest'
import { type TestChain, testChain } from './anvil-scan.ts'
import { type ScanDatabase, scanDatabase } from './scan-database.ts'

/**
 * A chain and a database for all tests of a file, which are ended after the last; the database is
 * emptied after each. Called once, at the top of the file.
 */
export async function testScan(): Promise<{ chain: TestChain; database: ScanDatabase }> {
  const [chain, database] = await Promise.all([testChain(), scanDatabase()])
  afterEach(() => database.clear())
  afterAll(async () => {
    await chain[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })
  return { chain, database }
}
