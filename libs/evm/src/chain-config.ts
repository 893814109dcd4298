import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Asset, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { type ChainId, chainIdOf, parseChainId } from '@coffer/money/chain-id'
import { ConfigError, readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

/** When a deposit is final: so many blocks deep, its own included, or by the node's own tag. */
export type Confirmations = number | 'safe' | 'finalized'

/** One chain to follow. */
export type ChainConfig = {
  chain: ChainId
  /** Endpoints in order of preference. */
  rpcUrls: readonly string[]
  confirmations: Confirmations
  /** First block to scan. */
  startBlock: bigint
  /**
   * How many blocks a reorg may undo, from 1. A deeper one is not followed: the chain is latched
   * until an operator looks.
   */
  reorgDepthMax: number
  /** What is credited. Anything else is not. */
  assets: readonly Asset[]
}

const token = z.strictObject({
  contract: z.string(),
  symbol: z.string().min(1).max(32),
  decimals: z.int().min(0).max(36),
})

const chain = z.strictObject({
  chain: z.string(),
  rpcUrls: z.array(z.url({ protocol: /^https?$/ })).min(1),
  confirmations: z.union([z.int().min(1).max(100_000), z.enum(['safe', 'finalized'])]).default(12),
  startBlock: z.int().min(0).default(0),
  reorgDepthMax: z.int().min(1).max(100_000).default(64),
  nativeSymbol: z.string().min(1).max(32).default('ETH'),
  tokens: z.array(token).default([]),
})

/** The default export of `coffer.config.ts`. */
export type CofferConfig = { chains: z.input<typeof chain>[] }

const configFile = z.strictObject({ chains: z.array(chain).min(1) })

const variables = z.object({
  RPC_URLS: z.string(),
  CHAIN_ID: z.coerce.number().int().min(1).default(31337),
  CONFIRMATIONS: z
    .union([z.enum(['safe', 'finalized']), z.coerce.number().int().min(1).max(100_000)])
    .default(12),
  START_BLOCK: z.coerce.number().int().min(0).default(0),
  REORG_DEPTH_MAX: z.coerce.number().int().min(1).max(100_000).default(64),
  /** Accepted tokens: `SYMBOL:decimals:0xcontract`, separated by commas. */
  TOKENS: z.string().default(''),
})

/**
 * The chains to follow: from `RPC_URLS` and its companions where given, else from the file that
 * `COFFER_CONFIG` names, else from `coffer.config.ts` in the working folder.
 */
export async function chainConfigs(
  env: Readonly<Record<string, string | undefined>>,
): Promise<ChainConfig[]> {
  if (env['RPC_URLS']) return [chainFromVariables(env)]
  const path = resolve(env['COFFER_CONFIG'] ?? 'coffer.config.ts')
  if (!existsSync(path)) {
    throw new ConfigError([
      `No chain to follow: set RPC_URLS (and CHAIN_ID, CONFIRMATIONS, START_BLOCK, TOKENS), or ` +
        `write ${env['COFFER_CONFIG'] ?? 'coffer.config.ts'}.`,
    ])
  }
  const module: { default?: unknown } = await import(pathToFileURL(path).href)
  const { chains } = readConfig(configFile, module.default as Record<string, unknown>)
  return chains.map(chainConfig)
}

function chainFromVariables(env: Readonly<Record<string, string | undefined>>): ChainConfig {
  const settings = readConfig(variables, env)
  return chainConfig(
    readConfig(chain, {
      chain: chainIdOf(settings.CHAIN_ID),
      rpcUrls: settings.RPC_URLS.split(',').map((url) => url.trim()),
      confirmations: settings.CONFIRMATIONS,
      startBlock: settings.START_BLOCK,
      reorgDepthMax: settings.REORG_DEPTH_MAX,
      tokens: settings.TOKENS.split(',').filter(Boolean).map(tokenFromText),
    }),
  )
}

function tokenFromText(text: string): z.input<typeof token> {
  const [symbol = '', decimals = '', contract = '', ...rest] = text.trim().split(':')
  if (rest.length > 0 || !/^[0-9]{1,2}$/.test(decimals)) {
    throw new ConfigError([`TOKENS: ${JSON.stringify(text)} is not SYMBOL:decimals:0xcontract.`])
  }
  return { symbol, decimals: Number(decimals), contract }
}

function chainConfig(settings: z.output<typeof chain>): ChainConfig {
  const id = parseChainId(settings.chain)
  const native: Asset = {
    id: nativeAssetId(id),
    chain: id,
    contract: null,
    symbol: settings.nativeSymbol,
    decimals: 18,
  }
  const tokens = settings.tokens.map(({ contract, symbol, decimals }): Asset => ({
    id: erc20AssetId(id, contract),
    chain: id,
    contract: contract.toLowerCase() as `0x${string}`,
    symbol,
    decimals,
  }))
  return {
    chain: id,
    rpcUrls: settings.rpcUrls,
    confirmations: settings.confirmations,
    startBlock: BigInt(settings.startBlock),
    reorgDepthMax: settings.reorgDepthMax,
    assets: [native, ...tokens],
  }
}
