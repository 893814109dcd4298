import { parseAddress } from '@coffer/evm/address'
import { type Asset, chainOfAsset } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { readRegistrations } from '@coffer/wallets/watched-addresses'
import type { Destinations } from '../channel-ports.ts'

/** {@link Destinations} by the addresses that we watch and the tokens that are accepted. */
export function postgresDestinations(
  postgres: Postgres,
  assets: readonly Pick<Asset, 'chain' | 'contract'>[],
): Destinations {
  const tokens = new Set(assets.map(({ chain, contract }) => `${chain} ${contract}`))
  return {
    async problemOf(to, asset) {
      const [chain, address] = [chainOfAsset(asset), parseAddress(to)]
      if (tokens.has(`${chain} ${address}`)) {
        return 'The address is that of a token: what is sent there is lost.'
      }
      const ours = await readRegistrations(postgres, chain, [address])
      return ours.has(address) ? 'The address is one of ours: it would come back.' : undefined
    },
  }
}
