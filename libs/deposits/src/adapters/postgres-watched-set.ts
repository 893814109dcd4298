import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { readWatchedAddresses } from '@coffer/wallets/watched-addresses'
import type { WatchedSet } from '../ports.ts'

/** The watched addresses of `chain`, kept in memory and brought up to date by each refresh. */
export function postgresWatchedSet(postgres: Postgres, chain: ChainId): WatchedSet {
  const addresses = new Set<string>()
  let since: string | undefined

  return {
    async refresh() {
      const read = await readWatchedAddresses(postgres, chain, since)
      for (const address of read.addresses) addresses.add(address)
      since = read.snapshot
    },
    has: (address) => addresses.has(address),
  }
}
