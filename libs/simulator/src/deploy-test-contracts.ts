import { batchPayerAbi, batchPayerBytecode } from '@coffer/contracts/batch-payer'
import { testTokenAbi, testTokenBytecode } from '@coffer/contracts/test-token'
import { AppError } from '@coffer/errors/app-error'
import { type Asset, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { type ChainId, chainReference } from '@coffer/money/chain-id'
import {
  type Address,
  encodeDeployData,
  getContractAddress,
  type Hex,
  keccak256,
  toHex,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type AnvilClient, quantity } from './anvil-client.ts'
import { awaitReceipts } from './await-receipts.ts'
import { pauseMining } from './pause-mining.ts'

export type TestContracts = {
  tusd: Address
  ttkn: Address
  batchPayer: Address
  /** The chain's coin, TUSD and TTKN, in this order. */
  assets: readonly [native: Asset, tusd: Asset, ttkn: Asset]
}

/** Owns nothing but the three contracts, and its key is known to all: for test chains only. */
const deployer = privateKeyToAccount(keccak256(toHex('coffer test contracts deployer')))

const TUSD = { symbol: 'TUSD', decimals: 6 }
const TTKN = { symbol: 'TTKN', decimals: 18 }

/** What the deployer deploys, by nonce. */
const CREATIONS: readonly Hex[] = [
  encodeDeployData({
    abi: testTokenAbi,
    bytecode: testTokenBytecode,
    args: ['Test Dollar', TUSD.symbol, TUSD.decimals],
  }),
  encodeDeployData({
    abi: testTokenAbi,
    bytecode: testTokenBytecode,
    args: ['Test Token', TTKN.symbol, TTKN.decimals],
  }),
  encodeDeployData({ abi: batchPayerAbi, bytecode: batchPayerBytecode }),
]

/**
 * Deploys the test dollar (6 decimals), the test token (18) and the batch payer, at the same
 * addresses on every chain. Those that are there already stay, so it may be called again.
 */
export async function deployTestContracts(client: AnvilClient): Promise<TestContracts> {
  const chain = await client.chain()
  const [tusd, ttkn, batchPayer] = CREATIONS.map((_, nonce) => addressAt(nonce)) as [
    Address,
    Address,
    Address,
  ]
  const codes = await client.batch<Hex>(
    [tusd, ttkn, batchPayer].map((address) => {
      return { method: 'eth_getCode', params: [address, 'latest'] }
    }),
  )
  const missing = codes.flatMap((code, nonce) => (code === '0x' ? [nonce] : []))
  if (missing.length > 0) await deploy(client, chain, missing)

  const token = (contract: Address, display: { symbol: string; decimals: number }): Asset => {
    return { id: erc20AssetId(chain, contract), chain, contract, ...display }
  }
  return {
    tusd,
    ttkn,
    batchPayer,
    assets: [nativeAsset(chain), token(tusd, TUSD), token(ttkn, TTKN)],
  }
}

async function deploy(
  client: AnvilClient,
  chain: ChainId,
  nonces: readonly number[],
): Promise<void> {
  await client.setBalance(deployer.address, 10n ** 21n)
  const raw = await Promise.all(
    nonces.map((nonce) => {
      return deployer.signTransaction({
        type: 'eip1559',
        chainId: chainReference(chain),
        nonce,
        gas: 2_000_000n,
        maxFeePerGas: 10n ** 12n,
        maxPriorityFeePerGas: 10n ** 9n,
        data: CREATIONS[nonce] ?? '0x',
      })
    }),
  )
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

const addressAt = (nonce: number): Address => {
  const address = getContractAddress({ from: deployer.address, nonce: BigInt(nonce) })
  return address.toLowerCase() as Address
}

const nativeAsset = (chain: ChainId): Asset => {
  return { id: nativeAssetId(chain), chain, contract: null, symbol: 'ETH', decimals: 18 }
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
