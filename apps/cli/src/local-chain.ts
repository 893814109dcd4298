import { type Asset, nativeAssetId } from '@coffer/money/asset'
import { type ChainId, chainReference } from '@coffer/money/chain-id'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { deployForwarders } from '@coffer/simulator/deploy-forwarders'
import { deployTestContracts } from '@coffer/simulator/deploy-test-contracts'

/** A chain of our own, with test tokens, and the settings that make Coffer follow it. */
export type LocalChain = {
  chain: ChainId
  assets: readonly Asset[]
  batchPayer: string
  env: Record<string, string>
}

/**
 * Extended public key of `m/44'/60'/1'/0` of Anvil's well-known mnemonic `test test … junk`. Its
 * private keys are known to everybody: for local chains only.
 */
const LOCAL_XPUB =
  'xpub6EFHUEbYV13535ChA9yg5xZTWowwFCmFoWnhLbwkd91xHoirGu89GTZwBSUBnBpFeY5EV2cgof8yuyDnkeGALcD8DgGYJSiQfkxKpunWTX1'

/** Where local forwarders send what they hold: `m/44'/60'/2'/0/0` of the same mnemonic. */
const LOCAL_HOT_WALLET = '0x98e503f35d0a019cb0a251ad243a4ccfcf371f46'

/**
 * Prepares the Anvil at `rpcUrl`: deploys the test tokens and accepts them, and the contract that
 * payments get their addresses from.
 */
export async function localChain(rpcUrl: string): Promise<LocalChain> {
  const client = anvilClient(rpcUrl)
  const { assets, batchPayer } = await deployTestContracts(client)
  const forwarders = await deployForwarders(client, LOCAL_HOT_WALLET)
  const chain = assets[0].chain
  const tokens = assets.filter((asset) => asset.id !== nativeAssetId(chain))
  return {
    chain,
    assets,
    batchPayer,
    env: {
      BATCH_PAYER_ADDRESS: batchPayer,
      CHAIN_ID: chainReference(chain).toString(),
      // Nothing is mined on top of a deposit here unless somebody asks for it.
      CONFIRMATIONS: '1',
      // Anvil has the traces of a block stored, in this form.
      NATIVE_TRANSFERS: 'traces',
      TRACE_METHOD: 'trace_block',
      // Anvil tells of its heads at the port at which it answers.
      WS_URLS: rpcUrl.replace(/^http/, 'ws'),
      // Nobody counts the requests to a node of our own.
      POLL_MS: '10',
      SWEEP_MINIMUMS: tokens.map(({ symbol }) => `${symbol}:1`).join(),
      TOKENS: tokens.map((asset) => `${asset.symbol}:${asset.decimals}:${asset.contract}`).join(),
      FORWARDERS_ADDRESS: forwarders,
    },
  }
}

/** The id that Anvil and its like give their chain. */
export const LOCAL_CHAIN_ID = '31337'

/**
 * Settings for a chain of our own, and an HD wallet for any chain with the id of local ones. Every
 * other chain needs an `XPUB` of its operator: a payment to a known key would be anybody's.
 */
export function localDefaults(
  env: Readonly<Record<string, string | undefined>>,
  chain: LocalChain | undefined,
): Record<string, string> {
  const local = !env['COFFER_CONFIG'] && (env['CHAIN_ID'] || LOCAL_CHAIN_ID) === LOCAL_CHAIN_ID
  return { ...chain?.env, ...(local ? { XPUB: LOCAL_XPUB } : {}) }
}
