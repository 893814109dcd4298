import { type AnvilClient, quantity } from '@coffer/simulator/anvil-client'
import type { Address, Hex } from 'viem'

export type HazardCall = { to?: Address; value?: bigint; data?: Hex; gas?: bigint }

/** The node's own first account, which sends one transaction in a block of its own. */
export function hazardSender(client: AnvilClient) {
  const send = async ({ value = 0n, gas = 3_000_000n, ...call }: HazardCall) => {
    const [from] = await client.accounts()
    const transaction = { from, value: quantity(value), gas: quantity(gas), ...call }
    const hash = await client.request<Hex>('eth_sendTransaction', [transaction])
    await client.mine()
    return await receiptOf(client, hash)
  }
  return {
    send,
    deploy: async (data: Hex) => (await send({ data })).contractAddress,
    /** A transaction that was signed elsewhere. */
    async sendRaw(raw: Hex) {
      const hash = await client.request<Hex>('eth_sendRawTransaction', [raw])
      await client.mine()
      return await receiptOf(client, hash)
    },
  }
}

type Receipt = {
  transactionHash: Hex
  status: Hex
  contractAddress: Address
  logs: { logIndex: Hex }[]
}

export async function receiptOf(client: AnvilClient, hash: Hex): Promise<Receipt> {
  const receipt = await client.request<Receipt | null>('eth_getTransactionReceipt', [hash])
  if (receipt === null) throw new Error(`Transaction ${hash} is not mined.`)
  return receipt
}
