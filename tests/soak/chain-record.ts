import { quantity } from '@coffer/simulator/anvil-client'
import { type ChainDeposit, readDeposits } from '@coffer/simulator/chain-oracle'
import { REORG_DEPTH_MAX } from './random-chain.ts'
import type { SoakedCoffer } from './soaked-coffer.ts'

/** What is on the chain, read bit by bit: Anvil can't trace a block whose states it has dropped. */
export type ChainRecord = {
  /** Reads the blocks that no reorg can undo any more, while nothing is mined: Anvil may hang. */
  advance(): Promise<void>
  /** Reads the rest of a chain that stands still now. Throws if what was read has changed since. */
  complete(): Promise<ChainDeposit[]>
}

export function chainRecord({
  coffer,
  node,
  owners,
}: Pick<SoakedCoffer, 'coffer' | 'node' | 'owners'>): ChainRecord {
  const { RPC_URLS: rpcUrl } = coffer.urls
  const assets = coffer.chain?.assets ?? []
  const addresses = new Set(owners.keys())
  const deposits: ChainDeposit[] = []
  let fromBlock = 0n
  let last: string | undefined

  async function readTo(toBlock: bigint) {
    if (toBlock < fromBlock) return
    const found = await readDeposits({
      ...{ rpcUrl, assets, addresses, fromBlock, toBlock },
      internal: true,
    })
    deposits.push(...found.deposits)
    fromBlock = toBlock + 1n
    last = await hashAt(toBlock)
  }

  async function hashAt(number: bigint) {
    const params = [quantity(number), false]
    const block = await node.request<{ hash: string } | null>('eth_getBlockByNumber', params)
    return block?.hash
  }

  return {
    async advance() {
      await readTo((await node.head()).number - BigInt(REORG_DEPTH_MAX))
    },
    async complete() {
      // The hash of a block stands for all that are below it.
      if (last !== undefined && (await hashAt(fromBlock - 1n)) !== last) {
        throw new Error(`Block ${fromBlock - 1n} was undone, which is deeper than any reorg here.`)
      }
      await readTo((await node.head()).number)
      return deposits
    },
  }
}
