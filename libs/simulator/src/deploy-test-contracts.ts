import { batchPayerAbi, batchPayerBytecode } from '@coffer/contracts/batch-payer'
import { testTokenAbi, testTokenBytecode } from '@coffer/contracts/test-token'
import { type Asset, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import { type Address, encodeDeployData, type Hex, keccak256, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { AnvilClient } from './anvil-client.ts'
import { deployContracts } from './deploy-contracts.ts'

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
  const [tusd, ttkn, batchPayer] = (await deployContracts(client, deployer, CREATIONS)) as [
    Address,
    Address,
    Address,
  ]
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

const nativeAsset = (chain: ChainId): Asset => {
  return { id: nativeAssetId(chain), chain, contract: null, symbol: 'ETH', decimals: 18 }
}
