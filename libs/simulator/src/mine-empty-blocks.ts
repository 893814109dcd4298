import { anvilClient } from './anvil-client.ts'

/**
 * Mines `blocks` blocks, empty if nothing is waiting to be mined, and says how high the head is.
 */
export async function mineEmptyBlocks(options: {
  rpcUrl: string
  blocks: number
}): Promise<bigint> {
  const client = anvilClient(options.rpcUrl)
  await client.mine(options.blocks)
  return (await client.head()).number
}
