import { AppError } from '@coffer/errors/app-error'
import type { Branded } from './brand.ts'
import { type ChainId, parseChainId } from './chain-id.ts'

/**
 * An asset in the form of CAIP-19: `eip155:1/slip44:60` for a chain's native coin,
 * `eip155:1/erc20:0x…`, lower case, for a token. What is on no chain is the currency of a channel:
 * `sandbox:1/iso4217:USD`.
 */
export type AssetId = Branded<string, 'AssetId'>

/** What an operator accepts: an asset and how people read its amounts. */
export type Asset = {
  id: AssetId
  chain: ChainId
  /** Contract of an ERC-20 in lower case; `null` is the chain's native coin. */
  contract: `0x${string}` | null
  symbol: string
  /** How many digits of an amount stand behind the decimal point when people read it. */
  decimals: number
  /** Less than this is not credited, but held in suspense. Left out: everything is credited. */
  minimum?: bigint
  /** What larger amounts wait for, smallest first. Left out: what the chain says. */
  tiers?: readonly AmountTier[]
  /** Whether a token may keep a part of what is sent: then what arrives is measured. */
  feeOnTransfer?: boolean
  /** Whether balances must have grown by what a token's logs say, or nothing is credited. */
  verifyArrivals?: boolean
  /** Whether its operator has stopped it: nothing of it is credited. */
  halted?: boolean
  /** The code behind an upgradeable token. While there is another, nothing of it is credited. */
  implementation?: Implementation
}

/** From an amount on, in the smallest unit, a deposit is final by this and not by its chain's. */
export type AmountTier = { from: bigint; confirmations: number | 'safe' | 'finalized' }

/** What a token's storage says about the contract whose code it runs. */
export type Implementation = {
  contract: `0x${string}`
  /** The 32 bytes that name the place in the storage. */
  slot: `0x${string}`
}

/** SLIP-44 coin type of ether, which EVM chains share for their native coin. */
const NATIVE = 'slip44:60'

const CURRENCY = 'sandbox:1/iso4217:'

/** The native coin of `chain`. */
export const nativeAssetId = (chain: ChainId): AssetId => `${chain}/${NATIVE}` as AssetId

/** The ERC-20 token at `contract` on `chain`, whatever the letter case of the address. */
export const erc20AssetId = (chain: ChainId, contract: string): AssetId =>
  parseAssetId(`${chain}/erc20:${contract}`)

/** A currency by ISO 4217 that the sandbox takes, its code in capitals. */
export const currencyAssetId = (code: string): AssetId => parseAssetId(`${CURRENCY}${code}`)

/** Whether it is a channel's currency, and on no chain. */
export const isCurrency = (asset: AssetId): boolean => asset.startsWith(CURRENCY)

/** Reads a CAIP-19 id. Throws {@link AssetIdError}. */
export function parseAssetId(text: string): AssetId {
  if (/^sandbox:1\/iso4217:[A-Z]{3}$/.test(text)) return text as AssetId
  const [chain = '', asset = '', ...rest] = text.split('/')
  const known = asset === NATIVE || /^erc20:0x[0-9a-fA-F]{40}$/.test(asset)
  if (rest.length > 0 || !known) throw new AssetIdError(text)
  return `${parseChainId(chain)}/${asset.toLowerCase()}` as AssetId
}

/** The chain an asset lives on. Throws `ChainIdError` for a currency, which is on none. */
export const chainOfAsset = (asset: AssetId): ChainId => parseChainId(asset.split('/')[0] ?? '')

export class AssetIdError extends AppError {
  readonly code = 'ASSET_ID'

  constructor(received: string) {
    super(
      `Invalid asset ${JSON.stringify(received)}. Expected a CAIP-19 id such as ` +
        '"eip155:1/slip44:60", "eip155:1/erc20:0x…" with 40 hex digits, or a currency such as ' +
        '"sandbox:1/iso4217:USD".',
      { retry: 'never', details: { received } },
    )
  }
}
