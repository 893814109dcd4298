import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import { hashOfText } from './hash-of-text.ts'

/** What is paid to whom. */
export type Payee = { asset: AssetId; to: Address; amount: bigint }

/** The call of a transaction that pays. */
export type PayingCall = { to: Address; value: bigint; data: `0x${string}` }

/** The contract of a token, nothing of a chain's own coin. */
export function tokenOf(asset: AssetId): Address | undefined {
  const [, contract] = asset.split('/erc20:')
  return contract as Address | undefined
}

/** Pays one: coin goes as the value, a token by ERC-20's `transfer`. */
export function payOne({ asset, to, amount }: Payee): PayingCall {
  const token = tokenOf(asset)
  if (token === undefined) return { to, value: amount, data: '0x' }
  const data = `${TRANSFER}${word(to)}${word(amount)}` as const
  return { to: token, value: 0n, data: `0x${data}` }
}

/**
 * Pays many through a `BatchPayer`, all of them or none. Tokens are taken from the sender, who has
 * approved it.
 */
export function payMany(batchPayer: Address, payees: readonly Payee[]): PayingCall {
  const coin = payees.filter(({ asset }) => tokenOf(asset) === undefined)
  const rows = payees.map(
    ({ asset, to, amount }) => word(tokenOf(asset) ?? '0x') + word(to) + word(amount),
  )
  // One argument of dynamic length: where it begins, how long it is, and its rows.
  const data = PAY + word(32n) + word(BigInt(payees.length)) + rows.join('')
  return {
    to: batchPayer,
    value: coin.reduce((sum, { amount }) => sum + amount, 0n),
    data: `0x${data}`,
  }
}

/** Lets `spender` take so much of a token, in place of what it might take before. */
export function approveCall(
  token: Address,
  { spender, amount }: { spender: Address; amount: bigint },
): PayingCall {
  return { to: token, value: 0n, data: `0x${APPROVE}${word(spender)}${word(amount)}` }
}

/** How much such a call allows. */
export const approvedBy = (data: `0x${string}`): bigint => BigInt(`0x${data.slice(-64)}`)

const word = (value: bigint | `0x${string}`): string =>
  (typeof value === 'bigint' ? value.toString(16) : value.slice(2)).padStart(64, '0')

/** The first 4 bytes of the hash of its name and arguments, as the ABI says. */
const selector = (signature: string): string => hashOfText(signature).slice(2, 10)

const APPROVE = selector('approve(address,uint256)')
const TRANSFER = selector('transfer(address,uint256)')
const PAY = selector('pay((address,address,uint256)[])')
