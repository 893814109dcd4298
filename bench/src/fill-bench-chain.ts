import { MIGRATIONS } from '@coffer/cli/migrations'
import { migrate } from '@coffer/postgres/migrate'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { deployTestContracts } from '@coffer/simulator/deploy-test-contracts'
import { fillChain } from '@coffer/simulator/fill-chain'
import { tell } from './tell.ts'
import { watchAddresses } from './watch-addresses.ts'

/** Transfers of each block. */
export const TOKEN_TRANSFERS = 50
export const NATIVE_TRANSFERS = 5

/** Addresses that are watched, and what part of the transfers goes to them. */
export const WATCHED = 10_000
const WATCHED_SHARE = 0.1

export type BenchChainOptions = { postgres: Postgres; rpcUrl: string; blocks: number }

/** Fills a fresh chain for a scanner to catch up with, and registers who is watched on it. */
export async function fillBenchChain({ postgres, rpcUrl, blocks }: BenchChainOptions) {
  await migrate(postgres, MIGRATIONS)
  const client = anvilClient(rpcUrl)
  await client.setAutomine(true)
  const { assets } = await deployTestContracts(client)
  const [{ chain }] = assets
  const watched = await watchAddresses(postgres, chain, WATCHED)
  await client.setAutomine(false)
  const filled = await fillChain({
    rpcUrl,
    blocks,
    tokenTransfersPerBlock: TOKEN_TRANSFERS,
    nativeTransfersPerBlock: NATIVE_TRANSFERS,
    watched,
    watchedShare: WATCHED_SHARE,
    seed: 1,
    onProgress({ blocks: done }) {
      if (done % 500 === 0) tell(`${done} of ${blocks} blocks are made`)
    },
  })
  tell(`chain of ${blocks} blocks, ${filled.watchedTransfers} transfers to watched addresses`)
  return { assets, chain, filled }
}
