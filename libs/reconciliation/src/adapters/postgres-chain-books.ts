import type { Address } from '@coffer/evm/address'
import { bookedDeposits } from '@coffer/ledger/booked-deposits'
import { custodyAt } from '@coffer/ledger/custody-at'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { readRegistrations } from '@coffer/wallets/watched-addresses'
import { sql } from 'drizzle-orm'
import type { ChainBooks, WatchedHolders } from '../chain-ports.ts'

/** {@link ChainBooks} in PostgreSQL. */
export const postgresChainBooks = (postgres: Postgres, chain: ChainId): ChainBooks => ({
  deposits: (after, limit) => bookedDeposits(postgres, { chain, after, limit }),
  custody: (assets, at) => custodyAt(postgres, assets, at),
})

/** {@link WatchedHolders} in PostgreSQL. */
export const postgresHolders = (postgres: Postgres, chain: ChainId): WatchedHolders => ({
  async page(after, limit) {
    const rows = await postgres.execute<{ address: Address }>(sql`
      select '0x' || encode(address, 'hex') as address from wallets.addresses
      where chain = ${chain} and address > decode(${after?.slice(2) ?? ''}, 'hex')
      order by address limit ${limit}`)
    return rows.map(({ address }) => address)
  },
  async ownersOf(addresses) {
    const found = await readRegistrations(postgres, chain, addresses)
    return new Map([...found].map(([address, { owner }]) => [address, owner]))
  },
})
