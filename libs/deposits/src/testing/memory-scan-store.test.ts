import { CHAIN } from './fake-transfers.ts'
import { memoryScanDatabase } from './memory-scan-store.ts'
import { ownerOf, START } from './scan-facts.ts'
import { scanStoreContract } from './scan-store-contract.ts'

scanStoreContract(async () => {
  const database = memoryScanDatabase({ chain: CHAIN, start: START, ownerOf })
  return {
    store: database.store,
    latches: database.latches,
    bookings: database.bookings,
    gaps: database.gaps,
    releases: database.releases,
    differences: database.differences,
    endLease: async () => database.endLease(),
    requestRescan: async (from, to, gap) => database.requestRescan(from, to, gap),
    tamper: database.tamper,
    deposits: async () => database.deposits(),
    events: async () => database.events(),
    [Symbol.asyncDispose]: async () => undefined,
  }
})
