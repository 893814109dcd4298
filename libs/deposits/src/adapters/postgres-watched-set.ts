import { setImmediate as pause } from 'node:timers/promises'
import { ADDRESS_BYTES } from '@coffer/evm/address'
import { type AddressSet, addressSet } from '@coffer/evm/address-set'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { readWatchedAddresses, streamWatchedAddresses } from '@coffer/wallets/watched-addresses'
import type { WatchedSet } from '../ports.ts'

/** Addresses that are added before others get their turn: some milliseconds. */
const SLICE_BYTES = 2_000 * ADDRESS_BYTES

/**
 * The watched addresses of `chain`, kept in memory: the first refresh loads all of them, however
 * many, and each later one adds what is new. Refreshing from several sides at once is safe.
 */
export function postgresWatchedSet(postgres: Postgres, chain: ChainId): WatchedSet {
  const addresses = addressSet()
  let loading: Promise<void> | undefined
  /** Every address that this snapshot sees is in the set; `undefined` before the first load. */
  let since: string | undefined

  async function load(): Promise<void> {
    try {
      since = await streamWatchedAddresses(postgres, chain, addresses.add)
    } finally {
      loading = undefined
    }
  }

  const loadOnce = () => (loading ??= load())

  async function refresh(): Promise<void> {
    if (since === undefined) await loadOnce()
    // Whoever waited for a load that had begun before still has to see what is newer.
    const fresh = await readWatchedAddresses(postgres, chain, since)
    if (fresh.isSetBack) {
      since = undefined
      return await refresh()
    }
    const { length } = fresh.addresses
    for (let offset = 0; offset < length; offset += SLICE_BYTES) {
      if (offset > 0) await pause()
      addresses.add(fresh.addresses.subarray(offset, offset + SLICE_BYTES))
    }
    since = fresh.snapshot
  }

  function loaded(): AddressSet {
    if (since === undefined) throw new Error('The watched addresses are not loaded yet.')
    return addresses
  }

  return {
    refresh,
    has: (address) => loaded().has(address),
    among: (bytes, places) => loaded().among(bytes, places),
  }
}
