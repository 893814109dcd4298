import { AppError } from '@coffer/errors/app-error'
import { chainReference } from '@coffer/money/chain-id'
import { type Address, getContractAddress, type Hex, type PrivateKeyAccount } from 'viem'
import { type AnvilClient, quantity } from './anvil-client.ts'
import { awaitReceipts } from './await-receipts.ts'
import { pauseMining } from './pause-mining.ts'

/**
 * Deploys what each of `creations` creates from an account that does nothing else, so that it gets
 * the same address, which depends on its place in the list, on every chain. Those that are there
 * already stay. Returns all addresses, in lower case. Throws {@link DeploymentError}.
 */
export async function deployContracts(
  client: AnvilClient,
  deployer: PrivateKeyAccount,
  creations: readonly Hex[],
): Promise<Address[]> {
  const addresses = creations.map((_, nonce) => createdAddress(deployer.address, nonce))
  const codes = await client.batch<Hex>(
    addresses.map((address) => ({ method: 'eth_getCode', params: [address, 'latest'] })),
  )
  const missing = codes.flatMap((code, nonce) => (code === '0x' ? [nonce] : []))
  if (missing.length > 0) {
    const chainId = chainReference(await client.chain())
    await client.setBalance(deployer.address, 10n ** 21n)
    const raw = await Promise.all(
      missing.map((nonce) => {
        const data = creations[nonce] ?? '0x'
        return deployer.signTransaction({ ...CREATION, chainId, nonce, data })
      }),
    )
    await mine(client, raw)
  }
  return addresses
}

/** Where the contract is, in lower case, that `creator` creates with its transaction `nonce`. */
export const createdAddress = (creator: Address, nonce: number): Address =>
  getContractAddress({ from: creator, nonce: BigInt(nonce) }).toLowerCase() as Address

const CREATION = {
  type: 'eip1559',
  gas: 2_000_000n,
  maxFeePerGas: 10n ** 12n,
  maxPriorityFeePerGas: 10n ** 9n,
} as const

async function mine(client: AnvilClient, raw: readonly Hex[]): Promise<void> {
  const hashes = await pauseMining(client, async () => {
    const sent = await client.batch<Hex>(
      raw.map((transaction) => ({ method: 'eth_sendRawTransaction', params: [transaction] })),
    )
    await client.mine()
    return sent
  })
  const receipts = await awaitReceipts(client, hashes)
  const failed = receipts.find(({ status }) => status !== quantity(1))
  if (failed !== undefined) throw new DeploymentError(failed.transactionHash)
}

export class DeploymentError extends AppError {
  readonly code = 'SIMULATOR_DEPLOYMENT'

  constructor(transaction: Hex) {
    super(
      `The deployment of a test contract failed in transaction ${transaction}. Expected a chain ` +
        'whose rules are those of Cancun or later; start Anvil with a newer --hardfork.',
      { retry: 'never', details: { transaction } },
    )
  }
}
