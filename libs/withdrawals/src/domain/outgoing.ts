import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import type { ChainId } from '@coffer/money/chain-id'
import type { Fees } from './fees.ts'

/** What a transaction of ours is for. */
export type Purpose = 'payout' | 'sweep' | 'top-up' | 'cold' | 'approve'

/** Open until what took its nonce is final: it succeeded, it reverted, or another did. */
export type TransactionStatus = 'open' | 'succeeded' | 'reverted' | 'cancelled' | 'displaced'

/** A `noop` pays nobody, and only takes the nonce. */
export type AttemptKind = 'pay' | 'noop'

/** What a transaction pays to whom, as a signer is told. Amounts are decimal strings. */
export type Payment = { id: string; asset: string; to: Address; amount: string }

/**
 * A transaction of ours before it has a nonce, with the fees that it offers first: asked to sign it
 * once more, a signer is asked for the same.
 */
export type NewTransaction = Fees & {
  id: string
  chain: ChainId
  sender: Address
  purpose: Purpose
  to: Address
  value: bigint
  data: `0x${string}`
  gas: bigint
  payments: readonly Payment[]
}

/** One of the transactions that were signed for a nonce. At most one of them is ever mined. */
export type Attempt = Fees & {
  number: number
  kind: AttemptKind
  raw: `0x${string}`
  hash: TxHash
  signedAt: Date
  takenAt: Date | undefined
}

/** A transaction of ours, which alone has its nonce. */
export type Outgoing = NewTransaction & {
  nonce: number
  status: TransactionStatus
  /** Why it is to pay nothing. */
  refusal: string | undefined
  minedIn: bigint | undefined
  createdAt: Date
  /** From the first to the last. */
  attempts: readonly Attempt[]
}
