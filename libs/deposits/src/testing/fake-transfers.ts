import type { Address } from '@coffer/evm/address'
import { type Asset, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import type { Log } from '../domain/block.ts'
import { type FakeCall, type FakeTransaction, fakeAddress, fakeTransaction } from './fake-chain.ts'

/** Keccak-256 of `Transfer(address,address,uint256)`, EIP-20. */
export const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'

export const CHAIN = chainIdOf(31_337)

/** An accepted token. */
export const TOKEN = fakeAddress(0x70c)

/** What the chain's operator accepts. */
export const ASSETS = [
  { id: nativeAssetId(CHAIN), chain: CHAIN, contract: null, symbol: 'ETH', decimals: 18 },
  { id: erc20AssetId(CHAIN, TOKEN), chain: CHAIN, contract: TOKEN, symbol: 'TUSD', decimals: 6 },
] as const satisfies readonly Asset[]

export const [NATIVE, TUSD] = ASSETS.map(({ id }) => id) as [Asset['id'], Asset['id']]

/** The 32 bytes in which a topic or data holds `value`. */
export const word = (value: bigint | Address): string =>
  `0x${BigInt(value).toString(16).padStart(64, '0')}`

/** The log of a token's transfer. */
export const transferLog = (to: Address, amount: bigint, off: Partial<Log> = {}): Log => ({
  address: TOKEN,
  topics: [TRANSFER, word(fakeAddress(0xfee)), word(to)],
  data: word(amount),
  ...off,
})

/** A transaction that moves tokens to each of `payments`, in this order. */
export const payTokens = (...payments: readonly [to: Address, amount: bigint][]): FakeTransaction =>
  fakeTransaction({ to: TOKEN, logs: payments.map(([to, amount]) => transferLog(to, amount)) })

/** A transaction that pays the native coin by its own value. */
export const payNative = (to: Address, value: bigint): FakeTransaction =>
  fakeTransaction({ to, value })

/**
 * A transaction that calls a contract which pays the native coin, and then ends in such a way that
 * the node tells of the payment once more. Paid before it and taken back: the same to the same.
 */
export function payInside(to: Address, value: bigint): FakeTransaction {
  const from = fakeAddress(0xc0)
  const payment: FakeCall = { type: 'CALL', from, to, value: `0x${value.toString(16)}` }
  const undone: FakeCall = { ...payment, to: TOKEN, error: 'execution reverted', calls: [payment] }
  const end: FakeCall = { ...payment, type: 'SELFDESTRUCT', isPhantom: true }
  return fakeTransaction({ to: from, calls: [undone, payment, end] })
}
