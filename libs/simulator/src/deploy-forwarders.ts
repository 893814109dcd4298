import { forwardersAbi, forwardersBytecode } from '@coffer/contracts/forwarders'
import { type Address, encodeDeployData, keccak256, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { AnvilClient } from './anvil-client.ts'
import { deployContracts } from './deploy-contracts.ts'

/** Owns nothing but this contract, and its key is known to all: for test chains only. */
const deployer = privateKeyToAccount(keccak256(toHex('coffer forwarders deployer')))

/**
 * Deploys the contract whose forwarders send on to `destination`, at the same address on every
 * chain. One that is there already stays, with the destination that it has.
 */
export async function deployForwarders(
  client: AnvilClient,
  destination: Address,
): Promise<Address> {
  const creation = encodeDeployData({
    abi: forwardersAbi,
    bytecode: forwardersBytecode,
    args: [destination],
  })
  const [address] = await deployContracts(client, deployer, [creation])
  if (address === undefined) throw new Error('Nothing was deployed.')
  return address
}
