import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import {
  type AmountTier,
  type Asset,
  type AssetId,
  erc20AssetId,
  type Implementation,
} from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Units } from '@coffer/money/units'
import { type AmongWatched, oneByOne, paymentsAmong } from './among-watched.ts'
import type { Block, Log, PlacedLog, Receipt } from './block.ts'
import type { FoundTransfer } from './transfer.ts'
import { readTransferLog } from './transfer-log.ts'

/** Where coin logs its transfers by EIP-7708, as if it were a token: no payments of their own. */
const COIN_LOGS = '0xfffffffffffffffffffffffffffffffffffffffe'

/**
 * How many transfers of tokens that nobody lists are recorded of one transaction. Anybody can log
 * as many as a block takes, and nothing of value is lost with the rest.
 */
export const UNLISTED_MAX = 32

/** What counts as a deposit on one chain. */
export type DepositRules = {
  isWatched: (address: string) => boolean
  among: AmongWatched
  /** Whether what an address sends was ours before. */
  isOurs: (address: string) => boolean
  /** Accepted tokens by contract address in lower case. */
  tokens: ReadonlyMap<string, AssetId>
  native: AssetId
  chain: ChainId
  /** Whether what the chain itself pays without a transaction is credited. */
  creditWithdrawals: boolean
  /** The least that is credited, where an asset has such a limit. */
  minimums: ReadonlyMap<AssetId, bigint>
  /** What larger amounts of an asset wait for, smallest first. */
  tiers: ReadonlyMap<AssetId, readonly AmountTier[]>
  /** Tokens of which less may arrive than is sent. */
  feeTokens: ReadonlyMap<AssetId, Address>
  /** Tokens whose balances must agree with their logs. */
  verified: ReadonlyMap<AssetId, Address>
  /** Tokens of which nothing is believed until their operator says so. */
  halted: ReadonlySet<AssetId>
  /** Tokens of which the code behind them is pinned. */
  pinned: ReadonlyMap<AssetId, Implementation & { token: Address }>
}

export type DepositRulesOptions = {
  /** What the chain's operator accepts. */
  assets: readonly Asset[]
  isWatched: (address: string) => boolean
  /** The same of many at once; left out, each is asked for. */
  among?: AmongWatched
  /** Addresses of our own that nobody pays deposits to, such as hot wallets. */
  ownAddresses?: readonly Address[]
  /** Left out, they are held in suspense. */
  creditWithdrawals?: boolean
}

/**
 * A successful transaction to a watched address, or one that created the contract there: its value
 * is not in the receipt.
 */
export type NativeCandidate = { block: Block; receipt: Receipt; to: Address }

/** The rules of one chain. */
export function depositRules(options: DepositRulesOptions): DepositRules {
  const { assets, isWatched, ownAddresses = [], creditWithdrawals = false } = options
  const native = assets.find((asset) => asset.contract === null)
  if (native === undefined) throw new Error('A chain has no native asset.')
  const tokens = assets.flatMap(({ contract, id }) => (contract ? [[contract, id] as const] : []))
  const own = new Set<string>(ownAddresses)
  const limits = assets.flatMap(({ id, minimum }) => (minimum ? [[id, minimum] as const] : []))
  const withFees = assets.flatMap(({ id, contract, feeOnTransfer }) =>
    contract && feeOnTransfer ? [[id, contract as Address] as const] : [],
  )
  const verified = assets.flatMap(({ id, contract, verifyArrivals, feeOnTransfer }) =>
    contract && verifyArrivals && !feeOnTransfer ? [[id, contract as Address] as const] : [],
  )
  const pinned = assets.flatMap(({ id, contract, implementation }) =>
    contract && implementation
      ? [[id, { ...implementation, token: contract as Address }] as const]
      : [],
  )
  return {
    isWatched,
    among: options.among ?? oneByOne(isWatched),
    isOurs: (address) => own.has(address),
    tokens: new Map(tokens),
    native: native.id,
    chain: native.chain,
    creditWithdrawals,
    minimums: new Map(limits),
    tiers: new Map(assets.flatMap(({ id, tiers }) => (tiers ? [[id, tiers] as const] : []))),
    feeTokens: new Map(withFees),
    verified: new Map(verified),
    halted: new Set(assets.flatMap(({ id, halted }) => (halted ? [id] : []))),
    pinned: new Map(pinned),
  }
}

/**
 * Transfers of tokens to watched addresses in `block`, in the order of their logs. Those of tokens
 * that are not accepted are rejected, and never is anything asked of such a token.
 */
export function tokenTransfers(block: Block, rules: DepositRules): FoundTransfer[] {
  const found: FoundTransfer[] = []
  const unlisted = new Map<TxHash, number>()
  for (const { txHash, index, log } of block.logsTo?.(rules.among) ?? logsOf(block)) {
    const transfer = tokenTransfer(log, rules)
    if (transfer === undefined) continue
    if (transfer.rejection) {
      const count = (unlisted.get(txHash) ?? 0) + 1
      unlisted.set(txHash, count)
      if (count > UNLISTED_MAX) continue
    }
    found.push({ txHash, position: `log:${index}`, ...transfer, block })
  }
  return found
}

function* logsOf({ receipts }: Block): Generator<PlacedLog> {
  for (const { txHash, succeeded, logs } of receipts) {
    if (!succeeded) continue
    for (const [index, log] of logs.entries()) yield { txHash, index, log }
  }
}

/** Transactions of `blocks` that may have paid a watched address by their own value. */
export function nativeCandidates(
  blocks: readonly Block[],
  rules: DepositRules,
): readonly NativeCandidate[] {
  const payments = blocks.flatMap((block) =>
    block.receipts.flatMap((receipt) => {
      const { succeeded, from } = receipt
      const to = receipt.to ?? receipt.created
      // What an account sends to itself does not move.
      return succeeded && to !== null && to !== from ? [{ block, receipt, to }] : []
    }),
  )
  return paymentsAmong(payments, rules)
}

/** Deposits of the native coin, once the values of the candidates are known. */
export function nativeTransfers(
  candidates: readonly NativeCandidate[],
  values: ReadonlyMap<TxHash, Units>,
  { native }: DepositRules,
): FoundTransfer[] {
  return candidates.flatMap(({ block, receipt: { txHash, from }, to }) => {
    const amount = values.get(txHash)
    if (amount === undefined) throw new Error(`The value of transaction ${txHash} is missing.`)
    if (amount === 0n) return []
    return [{ txHash, position: 'value' as const, asset: native, amount, from, to, block }]
  })
}

/** Reads a log as a transfer of a token to a watched address. */
function tokenTransfer(log: Log, { tokens, isWatched, chain }: DepositRules) {
  const transfer = log.address === COIN_LOGS ? undefined : readTransferLog(log)
  if (!transfer || !isWatched(transfer.to) || transfer.amount === 0n) return undefined
  return { ...transfer, ...assetOf(log.address, { tokens, chain }) }
}

function assetOf(
  contract: string,
  { tokens, chain }: Pick<DepositRules, 'tokens' | 'chain'>,
): Pick<FoundTransfer, 'asset' | 'rejection'> {
  const asset = tokens.get(contract)
  if (asset) return { asset }
  return { asset: erc20AssetId(chain, contract), rejection: 'asset_not_accepted' }
}
