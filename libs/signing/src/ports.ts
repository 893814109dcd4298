import type { Address } from '@coffer/evm/address'
import type { ChainId } from '@coffer/money/chain-id'

export type Hex = `0x${string}`

/**
 * What a transaction is for; each has rules of its own.
 *
 * - `payout`: to owners, exactly what `payouts` says, one by one or by the batch payer;
 * - `sweep`: to the hot wallet, by the forwarders or from an address of the HD wallet;
 * - `top-up`: coin for the gas of a sweep, to an address of the HD wallet;
 * - `cold`: from the hot wallet to one of the cold addresses;
 * - `approve`: lets the batch payer take a token of the hot wallet's;
 * - `cancel`: nothing, to oneself, in place of whatever else had this nonce.
 */
export const SIGNING_PURPOSES = ['payout', 'sweep', 'top-up', 'cold', 'approve', 'cancel'] as const
export type SigningPurpose = (typeof SIGNING_PURPOSES)[number]

/** A transaction of EIP-1559, the only kind that is signed. Amounts are wei. */
export type UnsignedTransaction = {
  nonce: number
  to: Address
  value: bigint
  data: Hex
  gas: bigint
  maxFeePerGas: bigint
  maxPriorityFeePerGas: bigint
}

/**
 * What one owner is to get, the asset by CAIP-19, the amount as a decimal string. Its `id` stands
 * for this asset, recipient and amount for ever.
 */
export type StatedPayout = { id: string; asset: string; to: Address; amount: string }

export type SigningRequest = {
  chain: ChainId
  from: Address
  purpose: SigningPurpose
  transaction: UnsignedTransaction
  /** What it pays, in the order in which it pays; needed for a payout. */
  payouts?: readonly StatedPayout[]
  /** Place in the HD wallet of the address that is swept from or topped up. */
  derivationIndex?: number
}

/** The bytes to send, and the transaction's hash. */
export type SignedTransaction = { raw: Hex; hash: Hex }

/**
 * Whoever holds the keys. The same request always gets the same bytes. Throws
 * `SigningRefusedError` for what it will not sign, and `SignerUnavailableError` while it is away.
 * Adapters: `socket-signer.ts`; `journaled-signer.ts` within the signer's own process.
 */
export type Signer = {
  sign(request: SigningRequest): Promise<SignedTransaction>
  /** Hot wallets that it signs for. */
  addresses(): Promise<Address[]>
}

/** A signature with `s` in the lower half of the curve's order (EIP-2), and its parity. */
export type KeySignature = { r: Hex; s: Hex; yParity: 0 | 1 }

/**
 * One key, which nobody sees. Adapters: `keystore-key.ts`; a service that keeps keys in hardware
 * has one more, of which docs/signing.md says what it needs.
 */
export type KmsKey = {
  address: Address
  /** Signs 32 bytes as they are. */
  sign(digest: Hex): Promise<KeySignature>
}

/** Keys by the address that they sign for. */
export type KeyRing = {
  /** Hot wallets. */
  addresses: readonly Address[]
  /** The key of a hot wallet, or of the place in the HD wallet if `address` is there. */
  keyOf(address: Address, derivationIndex?: number): KmsKey | undefined
  /** Whether `address` has this place in the HD wallet. */
  isDerived(address: Address, derivationIndex: number | undefined): boolean
}

/** What one signature was, as it is kept. Amounts are decimal strings. */
export type SignedEntry = {
  /** Milliseconds since 1970. */
  at: number
  chain: ChainId
  from: Address
  nonce: number
  purpose: SigningPurpose
  /** Of the whole request, and of what stays the same when only its fees are raised. */
  request: string
  content: string
  maxFeePerGas: string
  maxPriorityFeePerGas: string
  /** What it counts against the limits of a window, by what is limited. */
  counts: Readonly<Record<string, string>>
  payouts: readonly { id: string; content: string }[]
  raw: Hex
  hash: Hex
}

/** All that was ever signed, kept before anybody gets to see it. Adapter: `journal-file.ts`. */
export type SigningJournal = {
  /** What was signed before, oldest first. */
  entries: readonly SignedEntry[]
  /** Resolves when the entry survives a loss of power. */
  append(entry: SignedEntry): Promise<void>
}
