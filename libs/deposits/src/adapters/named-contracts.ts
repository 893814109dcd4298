import { type Address, parseAddress } from '@coffer/evm/address'
import type { JsonRpc } from '@coffer/evm/json-rpc'
import type { BlockHeader } from '../domain/block.ts'

/** A place in the storage of a contract. */
type Place = { contract: string; slot: string }

/** The addresses that stand in the storage of contracts at the end of a block, by its hash. */
export async function namedContracts(
  rpc: JsonRpc,
  { hash: blockHash }: BlockHeader,
  places: readonly Place[],
): Promise<Address[]> {
  const answers = await rpc.batch(
    places.map(({ contract, slot }) => ({
      method: 'eth_getStorageAt',
      params: [contract, slot, { blockHash }],
    })),
  )
  return answers.map((answer) => {
    // Some nodes leave leading zeros out.
    const word = BigInt(answer as string)
    return parseAddress(`0x${(word % 2n ** 160n).toString(16).padStart(40, '0')}`)
  })
}
