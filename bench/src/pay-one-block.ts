import { type AnvilClient, quantity } from '@coffer/simulator/anvil-client'

/** Pays each receiver so many wei in one block and tells the moment at which the node had it. */
export async function payOneBlock(
  client: AnvilClient,
  receivers: readonly string[],
  wei: bigint,
): Promise<number> {
  const [from] = await client.accounts()
  const value = quantity(wei)
  // With nonces, for the node would count those that wait anew for each.
  const params = [from, 'latest']
  const nonce = Number(await client.request<string>('eth_getTransactionCount', params))
  await client.batch(
    receivers.map((to, index) => ({
      method: 'eth_sendTransaction',
      params: [{ from, to, value, gas: quantity(21_000), nonce: quantity(nonce + index) }],
    })),
  )
  await client.mine()
  return performance.now()
}
