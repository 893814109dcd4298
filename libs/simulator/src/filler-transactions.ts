import type { AnvilClient, ReorgTransaction } from './anvil-client.ts'
import { quantity } from './anvil-client.ts'
import { deployTestContracts } from './deploy-test-contracts.ts'
import { MAX_FEE_PER_GAS, mintCall } from './encode-transaction.ts'

/**
 * `each` transactions for each of so many new blocks of a reorg. Each mints a token to its sender,
 * the node's first account, which is left to whoever works by hand; so each logs one transfer. The
 * amounts differ with the head that is replaced, for what filled that branch must not come again.
 */
export async function fillerTransactions(
  client: AnvilClient,
  { blocks, each }: { blocks: number; each: number },
): Promise<ReorgTransaction[]> {
  if (each === 0) return []
  const { ttkn } = await deployTestContracts(client)
  const [from = ''] = await client.accounts()
  const { hash } = await client.head()
  const amount = 1n + BigInt(hash.slice(0, 10))
  return Array.from({ length: blocks * each }, (_, index) => {
    const { to, data, gas } = mintCall(ttkn, `0x${from.slice(2)}`, amount)
    const maxFeePerGas = quantity(MAX_FEE_PER_GAS)
    const transaction = { from, to, data, gas: quantity(gas), maxFeePerGas }
    return { transaction, block: Math.floor(index / each) }
  })
}
