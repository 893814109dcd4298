import { type Address, parseAddress } from '@coffer/evm/address'
import type { JsonRpc } from '@coffer/evm/json-rpc'
import type { BlockHeader } from '../domain/block.ts'
import { TokenAnswerError } from './token-gains.ts'

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
  return places.map((place, index) => addressIn(answers[index], place))
}

/** Some nodes leave leading zeros out, or all of nothing. */
function addressIn(answer: unknown, { contract, slot }: Place): Address {
  if (typeof answer !== 'string' || !/^0x[0-9a-f]{0,64}$/i.test(answer)) {
    throw new TokenAnswerError(contract, `for its storage at ${slot}`, answer)
  }
  return parseAddress(`0x${answer.slice(2).padStart(64, '0').slice(-40)}`)
}
