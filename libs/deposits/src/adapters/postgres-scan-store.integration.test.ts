import { afterAll, beforeAll } from 'vitest'
import { CHAIN } from '../testing/fake-transfers.ts'
import { type ScanDatabase, scanDatabase } from '../testing/scan-database.ts'
import { OWNERS, START } from '../testing/scan-facts.ts'
import { scanStoreContract } from '../testing/scan-store-contract.ts'
import { postgresScanStore } from './postgres-scan-store.ts'
import { ensureChain } from './scan-lease.ts'

let database: ScanDatabase
beforeAll(async () => {
  database = await scanDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

scanStoreContract(async () => {
  await ensureChain(database.postgres, { chain: CHAIN, start: START })
  for (const [address, owner] of OWNERS) await database.watch(CHAIN, owner, [address])
  return {
    store: (holder) =>
      postgresScanStore(database.postgres, { chain: CHAIN, holder, leaseMs: 60_000 }),
    endLease: database.endLease,
    requestRescan: (from, to) => database.requestRescan(CHAIN, from, to),
    deposits: database.deposits,
    events: database.events,
    [Symbol.asyncDispose]: database.clear,
  }
})
