import { feeTokenAbi, feeTokenBytecode } from '@coffer/contracts/fee-token'
import { killerBytecode } from '@coffer/contracts/killer'
import { logEmitterBytecode } from '@coffer/contracts/log-emitter'
import { lyingTokenAbi, lyingTokenBytecode } from '@coffer/contracts/lying-token'
import { nonFungibleBytecode } from '@coffer/contracts/non-fungible'
import { returnsFalseBytecode } from '@coffer/contracts/returns-false'
import { splitterBytecode } from '@coffer/contracts/splitter'
import { testTokenAbi, testTokenBytecode } from '@coffer/contracts/test-token'
import { valueFactoryBytecode } from '@coffer/contracts/value-factory'
import { type Asset, erc20AssetId } from '@coffer/money/asset'
import { type Address, encodeDeployData, type Hex, keccak256, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { AnvilClient } from './anvil-client.ts'
import { createdAddress, deployContracts } from './deploy-contracts.ts'

/** Owns nothing but these contracts, and its key is known to all: for test chains only. */
const deployer = privateKeyToAccount(keccak256(toHex('coffer hostile contracts deployer')))

/** Of every amount, in hundredths of a percent, what both fee tokens keep. */
export const FEE_RATE = 1_000n

/** Where EIP-7708 has coin log its transfers from. */
export const SYSTEM_ADDRESS: Address = '0xfffffffffffffffffffffffffffffffffffffffe'

const feeToken = (logsWhatWasSent: boolean) =>
  encodeDeployData({
    ...{ abi: feeTokenAbi, bytecode: feeTokenBytecode, args: [FEE_RATE, logsWhatWasSent] },
  })

const CREATIONS = {
  splitter: splitterBytecode,
  killer: killerBytecode,
  valueFactory: valueFactoryBytecode,
  /** Logs what arrives, and the fee. */
  feeToken: feeToken(false),
  /** Logs what was sent, which is more than arrives. */
  grossFeeToken: feeToken(true),
  /** Calls itself what the test dollar is called, and only logs. */
  spoof: encodeDeployData({
    abi: lyingTokenAbi,
    bytecode: lyingTokenBytecode,
    args: ['Test Dollar', 'TUSD'],
  }),
  /** A good token that nobody lists, whose name and symbol are meant to be executed. */
  unlisted: encodeDeployData({
    abi: testTokenAbi,
    bytecode: testTokenBytecode,
    args: ['<script>alert(1)</script>', '=HYPERLINK("//evil")', 24],
  }),
  returnsFalse: returnsFalseBytecode,
  nft: nonFungibleBytecode,
  logEmitter: logEmitterBytecode,
} as const satisfies Record<string, Hex>

export type HostileContracts = Record<keyof typeof CREATIONS, Address>

/** Where the hostile contracts are, on every chain that has them. */
export const HOSTILE_CONTRACTS = Object.fromEntries(
  Object.keys(CREATIONS).map((name, nonce) => [name, createdAddress(deployer.address, nonce)]),
) as HostileContracts

/**
 * Deploys the contracts that lie, and those that move coin, and gives the log emitter's code to
 * {@link SYSTEM_ADDRESS}. Those that are there already stay, so it may be called again. Returns the
 * two fee tokens, the only ones that an operator may accept.
 */
export async function deployHostileContracts(client: AnvilClient): Promise<Asset[]> {
  await deployContracts(client, deployer, Object.values(CREATIONS))
  const code = await client.request<Hex>('eth_getCode', [HOSTILE_CONTRACTS.logEmitter, 'latest'])
  await client.request('anvil_setCode', [SYSTEM_ADDRESS, code])
  const chain = await client.chain()
  const { feeToken, grossFeeToken } = HOSTILE_CONTRACTS
  return [feeToken, grossFeeToken].map((contract) => {
    const id = erc20AssetId(chain, contract)
    return { id, chain, contract: contract as `0x${string}`, symbol: 'FEE', decimals: 18 }
  })
}
