import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type AmountTier, type Asset, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { type ChainId, chainIdOf, parseChainId } from '@coffer/money/chain-id'
import { parsedBy } from '@coffer/money/parsed-by'
import { ConfigError, readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'
import { type Address, parseAddress } from './address.ts'
import { amountText, amountTiers, confirmationsText } from './amount-tiers.ts'
import {
  type AuditSettings,
  auditFromVariables,
  auditSettings,
  auditVariables,
} from './audit-settings.ts'
import {
  type BalanceProof,
  balanceProofSetting,
  balanceProofVariable,
} from './balance-proof-config.ts'
import type { ProofSteps } from './block-proof.ts'
import { policyOf, policyProblems, problemOfQuorum } from './chain-policy.ts'
import { CHAIN_PRESETS, type PresetName } from './chain-presets.ts'
import type { Confirmations } from './confirmations.ts'
import { type LogReads, logReads } from './log-reads.ts'
import { problemOfAliases } from './native-aliases.ts'
import { implementationOf, type token, tokens } from './token-setting.ts'
import { type WithdrawalPolicy, withdrawalPolicy } from './withdrawal-policy.ts'

/**
 * Where the native coin is found: nowhere, as the values of transactions alone, or in the traces of
 * their calls too, which also show what contracts pay out; later ones are read behind the scan.
 */
type NativeSource = 'none' | 'transactions' | 'traces' | 'traces-later'

/** How a node is asked for a block's traces. Positions depend on it: never change a chain's. */
export type TraceMethod = 'debug_traceBlockByHash' | 'trace_block'

/** One chain to follow. */
export type ChainConfig = {
  chain: ChainId
  /** Endpoints in order of preference. */
  rpcUrls: readonly string[]
  /** WebSocket endpoints that hint at new heads; left out, the head is polled alone. */
  wsUrls?: readonly string[]
  /** How long an endpoint may take to answer one request; left out, 10 s. */
  requestTimeoutMs?: number
  /** When a deposit is final, unless its asset says more of so large an amount. */
  confirmations: Confirmations
  /**
   * So many endpoints of different hosts must have the same block at a height before deposits are
   * final there. Left out: one.
   */
  quorum?: number
  /** First block to scan. */
  startBlock: bigint
  /**
   * How many blocks a reorg may undo, from 1. A deeper one is not followed: the chain is latched
   * until an operator looks.
   */
  reorgDepthMax: number
  /**
   * What a block must prove before it is believed. A chain whose headers really hold less, such as
   * a zero bloom, needs a step left out; whatever is left out is taken on the node's word.
   */
  proof: ProofSteps
  /** Types of transactions that are known of the chain: any other one latches it. */
  transactionTypes?: readonly number[]
  native: NativeSource
  traceMethod: TraceMethod
  /** Left out, withdrawals to watched addresses are held in suspense. */
  withdrawals?: WithdrawalPolicy
  /** Left out, blocks are read by their receipts. */
  byLogs?: LogReads
  /** What is credited. Anything else is recorded, and not credited. */
  assets: readonly Asset[]
  /** How balances on chain are held against deposits; left out, they are not. */
  balanceProof?: BalanceProof
  /** Addresses of our own that nobody pays deposits to: what they send is no deposit. */
  ownAddresses?: readonly Address[]
  /** The contract that payments' addresses are computed by; left out, `XPUB` derives them. */
  forwarders?: Address
  /** How final blocks are audited; left out, they are not. */
  audit?: AuditSettings
}

const rpcUrls = z.array(z.url({ protocol: /^https?$/ })).min(1)

const wsUrls = z.array(z.url({ protocol: /^wss?$/ }))

const requestTimeout = z.coerce.number().int().min(100).max(120_000).optional()

const step = z.boolean().optional()

const preset = z.enum(Object.keys(CHAIN_PRESETS) as PresetName[]).optional()

const quorum = z.int().min(1).max(100).default(1)

const native = z.enum(['none', 'transactions', 'traces', 'traces-later']).default('transactions')
const reads = z.enum(['receipts', 'logs']).default('receipts')
const traceMethod = z
  .enum(['debug_traceBlockByHash', 'trace_block'])
  .default('debug_traceBlockByHash')
const withdrawals = z.enum(['credit', 'suspend']).default('suspend')

const chainFields = z.strictObject({
  chain: parsedBy(parseChainId),
  rpcUrls,
  wsUrls: wsUrls.default([]),
  requestTimeoutMs: requestTimeout,
  preset,
  confirmations: confirmationsText.optional(),
  quorum,
  startBlock: z.int().min(0).default(0),
  reorgDepthMax: z.int().min(1).max(100_000).optional(),
  transactionTypes: z.array(z.int().min(0).max(0x7f)).min(1).optional(),
  nativeSymbol: z.string().min(1).max(32).default('ETH'),
  nativeMinimum: amountText.default(0n),
  nativeTiers: amountTiers,
  proof: z
    .strictObject({ headerHash: step, receiptsRoot: step, logsBloom: step, withdrawalsRoot: step })
    .optional(),
  native,
  traceMethod,
  withdrawals,
  reads,
  proveDeposits: z.boolean().default(true),
  tokens: tokens.default([]),
  balanceProof: balanceProofSetting,
  ownAddresses: z.array(parsedBy(parseAddress)).default([]),
  forwarders: parsedBy(parseAddress).optional(),
  audit: auditSettings,
})

/** With all that only shows when its settings are held against each other. */
const chain = chainFields.superRefine((settings, context) => {
  for (const { path, message } of policyProblems(settings)) {
    context.addIssue({ code: 'custom', path, message })
  }
  const message = problemOfAliases(settings)
  if (message) context.addIssue({ code: 'custom', path: ['tokens'], message })
})

/** The default export of `coffer.config.ts`. */
export type CofferConfig = { chains: z.input<typeof chain>[] }

const configFile = z.strictObject({
  chains: z
    .array(chain)
    .min(1)
    .refine((list) => isDistinct(list.map((each) => each.chain)), 'Two are the same chain.'),
})

/** `SYMBOL:decimals:0xcontract` */
const tokenText = z.string().transform((text, context): z.input<typeof token> => {
  const [symbol = '', decimals = '', contract = '', ...rest] = text.split(':')
  if (rest.length > 0 || !/^[0-9]{1,2}$/.test(decimals)) {
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(text)} is not SYMBOL:decimals:0xcontract.`,
    })
    return z.NEVER
  }
  return { symbol, decimals: Number(decimals), contract }
})

const listed = z.string().transform((text) => text.split(',').map((item) => item.trim()))

const variableFields = z.object({
  RPC_URLS: listed.pipe(rpcUrls),
  WS_URLS: listed.pipe(wsUrls).default([]),
  RPC_TIMEOUT_MS: requestTimeout,
  CHAIN_PRESET: preset,
  CHAIN_ID: z.coerce.number().int().min(1).default(31337),
  CONFIRMATIONS: z
    .union([z.enum(['safe', 'finalized']), z.coerce.number().int().min(1).max(100_000)])
    .optional(),
  QUORUM: z.coerce.number().int().min(1).max(100).default(1),
  START_BLOCK: z.coerce.number().int().min(0).default(0),
  REORG_DEPTH_MAX: z.coerce.number().int().min(1).max(100_000).optional(),
  NATIVE_TRANSFERS: native,
  TRACE_METHOD: traceMethod,
  WITHDRAWALS: withdrawals,
  BLOCK_READS: reads,
  PROVE_DEPOSITS: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(true),
  BALANCE_PROOF_BLOCKS: balanceProofVariable,
  /** Hot wallets and the like: what they send is no deposit. */
  OWN_ADDRESSES: listed.pipe(z.array(parsedBy(parseAddress))).default([]),
  /** Accepted tokens, separated by commas. */
  TOKENS: listed.pipe(z.array(tokenText)).pipe(tokens).default([]),
  FORWARDERS_ADDRESS: parsedBy(parseAddress).optional(),
  ...auditVariables,
})

const variables = variableFields.superRefine((settings, context) => {
  const { QUORUM, RPC_URLS, CHAIN_ID, NATIVE_TRANSFERS: native, TOKENS: tokens } = settings
  const message = problemOfQuorum(QUORUM, RPC_URLS)
  if (message) context.addIssue({ code: 'custom', path: ['QUORUM'], message })
  const doubled = problemOfAliases({ chain: `eip155:${CHAIN_ID}`, native, tokens })
  if (doubled) context.addIssue({ code: 'custom', path: ['TOKENS'], message: doubled })
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
  const module: { default?: object } = await import(pathToFileURL(path).href)
  const { chains } = readConfig(configFile, { ...module.default })
  return chains.map(chainConfig)
}

function chainFromVariables(env: Readonly<Record<string, string | undefined>>): ChainConfig {
  const settings = readConfig(variables, env)
  return chainConfig({
    chain: chainIdOf(settings.CHAIN_ID),
    rpcUrls: settings.RPC_URLS,
    wsUrls: settings.WS_URLS,
    requestTimeoutMs: settings.RPC_TIMEOUT_MS,
    preset: settings.CHAIN_PRESET,
    confirmations: settings.CONFIRMATIONS,
    quorum: settings.QUORUM,
    startBlock: settings.START_BLOCK,
    reorgDepthMax: settings.REORG_DEPTH_MAX,
    nativeSymbol: 'ETH',
    nativeMinimum: 0n,
    nativeTiers: [],
    ownAddresses: settings.OWN_ADDRESSES,
    forwarders: settings.FORWARDERS_ADDRESS,
    native: settings.NATIVE_TRANSFERS,
    traceMethod: settings.TRACE_METHOD,
    withdrawals: settings.WITHDRAWALS,
    reads: settings.BLOCK_READS,
    proveDeposits: settings.PROVE_DEPOSITS,
    tokens: settings.TOKENS,
    balanceProof: settings.BALANCE_PROOF_BLOCKS,
    audit: auditFromVariables(settings),
  })
}

function chainConfig(settings: z.output<typeof chain>): ChainConfig {
  const { chain: id } = settings
  const coin: Asset = {
    id: nativeAssetId(id),
    chain: id,
    contract: null,
    symbol: settings.nativeSymbol,
    decimals: 18,
    ...minimumOf(settings.nativeMinimum),
    ...tiersOf(settings.nativeTiers),
  }
  const tokens = settings.tokens.map(
    ({ contract, symbol, decimals, minimum, tiers, ...rest }): Asset => ({
      id: erc20AssetId(id, contract),
      ...{ chain: id, contract, symbol, decimals },
      ...minimumOf(minimum),
      ...tiersOf(tiers),
      ...(rest.feeOnTransfer ? { feeOnTransfer: true } : {}),
      ...(rest.verifyArrivals ? { verifyArrivals: true } : {}),
      ...(rest.halted ? { halted: true } : {}),
      ...implementationOf(rest),
    }),
  )
  const policy = policyOf(settings)
  return {
    chain: id,
    rpcUrls: settings.rpcUrls,
    ...(settings.wsUrls.length > 0 ? { wsUrls: settings.wsUrls } : {}),
    ...(settings.requestTimeoutMs ? { requestTimeoutMs: settings.requestTimeoutMs } : {}),
    ...policy,
    startBlock: BigInt(settings.startBlock),
    native: settings.native,
    traceMethod: settings.traceMethod,
    withdrawals: withdrawalPolicy(settings.withdrawals, policy.proof),
    ...logReads(settings, policy.proof),
    assets: [coin, ...tokens],
    ...(settings.balanceProof ? { balanceProof: settings.balanceProof } : {}),
    ...(settings.ownAddresses.length > 0 ? { ownAddresses: settings.ownAddresses } : {}),
    ...(settings.forwarders ? { forwarders: settings.forwarders } : {}),
    audit: settings.audit,
  }
}

const tiersOf = (tiers: readonly AmountTier[]) => (tiers.length > 0 ? { tiers } : {})

const minimumOf = (minimum: bigint) => (minimum > 0n ? { minimum } : {})

const isDistinct = (values: readonly string[]) => new Set(values).size === values.length
