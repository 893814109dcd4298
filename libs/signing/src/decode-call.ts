import { batchPayerAbi } from '@coffer/contracts/batch-payer'
import { forwardersAbi } from '@coffer/contracts/forwarders'
import { type Address, ZERO_ADDRESS } from '@coffer/evm/address'
import { type AssetId, erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import {
  type Abi,
  decodeFunctionData,
  encodeFunctionData,
  erc20Abi,
  toFunctionSelector,
} from 'viem'
import type { ChainPolicy } from './policy.ts'
import type { Hex, UnsignedTransaction } from './ports.ts'
import { SigningRefusedError } from './signing-refused.ts'

/** What one recipient gets. */
export type Movement = { asset: AssetId; to: Address; amount: bigint }

/** What a transaction does, by its own bytes. */
export type DecodedCall =
  | { does: 'pay'; isBatch: boolean; movements: readonly Movement[] }
  | { does: 'flush'; tokens: readonly AssetId[] }
  | { does: 'approve'; asset: AssetId; spender: Address; amount: bigint }

/**
 * Reads what `transaction` does. What a function means depends on whose it is, so only contracts
 * that the policy names are called, and only by bytes that say what they say in one way. Throws
 * {@link SigningRefusedError} for everything else.
 */
export function decodeCall(
  { to, value, data }: Pick<UnsignedTransaction, 'to' | 'value' | 'data'>,
  policy: ChainPolicy,
): DecodedCall {
  if (policy.batchPayers.includes(to)) return decodeBatch(data, value, policy)
  if (policy.forwarders.includes(to)) return decodeFlush(data, value, policy)
  const token = policy.assets.find(({ asset }) => asset === erc20AssetId(policy.chain, to))
  if (token !== undefined) return decodeTokenCall(data, value, token.asset)
  if (data !== '0x') {
    throw new SigningRefusedError('contract', `it calls ${to}, which the policy does not name.`)
  }
  const movement = { asset: nativeAssetId(policy.chain), to, amount: value }
  return { does: 'pay', isBatch: false, movements: [movement] }
}

function decodeTokenCall(data: Hex, value: bigint, asset: AssetId): DecodedCall {
  requireNoValue(value)
  const call = decodeStrictly(erc20Abi, data, ['transfer', 'approve'])
  const [account, amount] = call.args as [Hex, bigint]
  if (call.functionName === 'approve') {
    return { does: 'approve', asset, spender: lower(account), amount }
  }
  return { does: 'pay', isBatch: false, movements: [{ asset, to: lower(account), amount }] }
}

function decodeBatch(data: Hex, value: bigint, { chain }: ChainPolicy): DecodedCall {
  const call = decodeStrictly(batchPayerAbi, data, ['payNative', 'payToken', 'pay'])
  const native = nativeAssetId(chain)
  const assetOf = (token: Hex) =>
    token === ZERO_ADDRESS ? native : erc20AssetId(chain, lower(token))
  const movements = batchMovements(call, native, assetOf)
  const needed = movements.reduce((sum, each) => {
    return each.asset === native ? sum + each.amount : sum
  }, 0n)
  if (needed !== value) {
    throw new SigningRefusedError('call', `it carries ${value} wei and pays ${needed}.`)
  }
  return { does: 'pay', isBatch: true, movements }
}

type Call = { functionName: string; args: readonly unknown[] }

function batchMovements(
  { functionName, args }: Call,
  native: AssetId,
  assetOf: (token: Hex) => AssetId,
): Movement[] {
  if (functionName === 'pay') {
    const [payments] = args as [{ token: Hex; to: Hex; amount: bigint }[]]
    return payments.map(({ token, to, amount }) => {
      return { asset: assetOf(token), to: lower(to), amount }
    })
  }
  const isNative = functionName === 'payNative'
  const [recipients, amounts] = args.slice(isNative ? 0 : 1) as [Hex[], bigint[]]
  // Only `pay` knows the zero address as the coin.
  const asset = isNative ? native : tokenAsset(args[0] as Hex, assetOf)
  if (recipients.length !== amounts.length) {
    throw new SigningRefusedError('call', 'it has another number of recipients than of amounts.')
  }
  return recipients.map((to, index) => {
    return { asset, to: lower(to), amount: amounts[index] ?? 0n }
  })
}

function tokenAsset(token: Hex, assetOf: (token: Hex) => AssetId): AssetId {
  if (token === ZERO_ADDRESS) throw new SigningRefusedError('call', 'it names no token.')
  return assetOf(token)
}

function decodeFlush(data: Hex, value: bigint, { chain }: ChainPolicy): DecodedCall {
  requireNoValue(value)
  const call = decodeStrictly(forwardersAbi, data, ['flush'])
  const [salts, tokens] = call.args as [Hex[], Hex[]]
  if (salts.some((salt, index) => index > 0 && salt <= (salts[index - 1] ?? ''))) {
    throw new SigningRefusedError('call', 'its salts do not rise, so that it would fail.')
  }
  return { does: 'flush', tokens: tokens.map((token) => erc20AssetId(chain, token)) }
}

/** Reads a call of one of `functions`, whose bytes are exactly those that it is written with. */
function decodeStrictly(abi: Abi, data: Hex, functions: readonly string[]): Call {
  const known = abi.filter((item) => item.type === 'function' && functions.includes(item.name))
  const selectors = known.map((item) => toFunctionSelector(item as never))
  if (!selectors.includes(data.slice(0, 10) as Hex)) {
    throw new SigningRefusedError('call', `${data.slice(0, 10)} is no function that it may call.`)
  }
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi: known, data })
    const call = { functionName, args }
    if (encodeFunctionData({ abi: known, ...call }) === data) return call
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
  }
  throw new SigningRefusedError(
    'call',
    'its arguments are not those of the function that it calls.',
  )
}

function requireNoValue(value: bigint): void {
  if (value !== 0n) throw new SigningRefusedError('call', 'it sends coin with a call for tokens.')
}

const lower = (account: Hex): Address => account.toLowerCase() as Address
