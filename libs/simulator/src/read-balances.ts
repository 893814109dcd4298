import type { Asset, AssetId } from '@coffer/money/asset'
import type { Address, Hex } from 'viem'
import { anvilClient, quantity } from './anvil-client.ts'

export type ReadBalancesOptions = {
  rpcUrl: string
  /** In any letter case. */
  addresses: Iterable<string>
  assets: readonly Asset[]
  /** At the end of which block. Default: the head. */
  block?: bigint
}

/**
 * What each address, in lower case, has of each asset by what the node and the tokens themselves
 * say. Of an address that pays nothing out it grows by exactly what deposits pay in. Nobody has any
 * of a token before it has code. Throws {@link AnvilRequestError}.
 */
export async function readBalances(
  options: ReadBalancesOptions,
): Promise<Record<Address, Record<AssetId, bigint>>> {
  const client = anvilClient(options.rpcUrl)
  const block = options.block === undefined ? 'latest' : quantity(options.block)
  const addresses = [...new Set([...options.addresses].map((address) => address.toLowerCase()))]
  const wanted = addresses.flatMap((address) => {
    return options.assets.map(({ id, contract }) => ({ address: address as Address, id, contract }))
  })
  const answers = await client.batch<Hex>(
    wanted.map(({ address, contract }) => {
      if (contract === null) return { method: 'eth_getBalance', params: [address, block] }
      const data = `0x70a08231${address.slice(2).padStart(64, '0')}`
      return { method: 'eth_call', params: [{ to: contract, data }, block] }
    }),
  )
  const balances: Record<Address, Record<AssetId, bigint>> = {}
  for (const [index, { address, id }] of wanted.entries()) {
    balances[address] = { ...balances[address], [id]: parse(answers[index] as Hex) }
  }
  return balances
}

const parse = (answer: Hex): bigint => (answer === '0x' ? 0n : BigInt(answer))
