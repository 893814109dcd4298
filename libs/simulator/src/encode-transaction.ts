import { batchPayerAbi } from '@coffer/contracts/batch-payer'
import { testTokenAbi } from '@coffer/contracts/test-token'
import type { AssetId } from '@coffer/money/asset'
import { type Address, encodeFunctionData, type Hex, zeroAddress } from 'viem'
import { quantity, type RpcCall } from './anvil-client.ts'
import type { TestContracts } from './deploy-test-contracts.ts'
import type { PlannedTransaction, PlannedTransfer } from './deposit-plan.ts'

/** What a transaction does, before it has a sender and a nonce. */
export type Call = { to: Address; value: bigint; data: Hex; gas: bigint }

/** Far above any base fee, so that no transaction is ever priced out of a block. */
export const MAX_FEE_PER_GAS = 10n ** 12n

const NATIVE_GAS = 60_000n
const TOKEN_GAS = 100_000n

/**
 * The `eth_sendTransaction` of a call. Nonce, gas and fees are given, since the node would
 * otherwise have to look up and simulate, and would refuse what is meant to fail.
 */
export function sendTransaction({ to, value, data, gas }: Call, from: Address, nonce: number) {
  const transaction = {
    from,
    to,
    value: quantity(value),
    data,
    gas: quantity(gas),
    nonce: quantity(nonce),
    maxFeePerGas: quantity(MAX_FEE_PER_GAS),
    maxPriorityFeePerGas: quantity(10n ** 9n),
  }
  return { method: 'eth_sendTransaction', params: [transaction] } satisfies RpcCall
}

/** The call that makes a planned transaction. */
export function encodeTransaction(planned: PlannedTransaction, contracts: TestContracts): Call {
  const [first] = planned.transfers as [PlannedTransfer]
  if (planned.kind === 'batch') return batchCall(planned.transfers, contracts)
  if (planned.kind === 'erc20') return tokenCall(tokenOf(first.asset), first.to, first.amount)
  if (planned.purpose === 'failure') return unbalancedCall(first, contracts)
  return nativeCall(first.to, first.amount)
}

export const nativeCall = (to: Address, value: bigint): Call => {
  return { to, value, data: '0x', gas: NATIVE_GAS }
}

/** `transfer(to, amount)`, put together by hand: chains are filled with hundreds of thousands. */
export function tokenCall(token: Address, to: Address, amount: bigint): Call {
  const data: Hex = `0xa9059cbb${to.slice(2).padStart(64, '0')}${word(amount)}`
  return { to: token, value: 0n, data, gas: TOKEN_GAS }
}

export function mintCall(token: Address, to: Address, amount: bigint): Call {
  const data = encodeFunctionData({ abi: testTokenAbi, functionName: 'mint', args: [to, amount] })
  return { to: token, value: 0n, data, gas: TOKEN_GAS }
}

export function approveCall(token: Address, spender: Address, amount: bigint): Call {
  const args = [spender, amount] as const
  const data = encodeFunctionData({ abi: testTokenAbi, functionName: 'approve', args })
  return { to: token, value: 0n, data, gas: TOKEN_GAS }
}

/** The contract of a token by its asset id, the zero address for a chain's coin. */
export function tokenOf(asset: AssetId): Address {
  const [, contract] = asset.split('/erc20:')
  return (contract ?? zeroAddress) as Address
}

function batchCall(transfers: readonly PlannedTransfer[], { batchPayer }: TestContracts): Call {
  const [first] = transfers as [PlannedTransfer]
  const oneToken = transfers.every(({ asset }) => asset === first.asset)
  const data = oneToken
    ? encodeFunctionData({
        abi: batchPayerAbi,
        functionName: 'payToken',
        args: [
          tokenOf(first.asset),
          transfers.map(({ to }) => to),
          transfers.map(({ amount }) => amount),
        ],
      })
    : encodeFunctionData({
        abi: batchPayerAbi,
        functionName: 'pay',
        args: [transfers.map(({ to, asset, amount }) => ({ token: tokenOf(asset), to, amount }))],
      })
  return { to: batchPayer, value: 0n, data, gas: TOKEN_GAS * BigInt(transfers.length + 1) }
}

/** Carries one unit more than it pays out, which the batch payer refuses. */
function unbalancedCall({ to, amount }: PlannedTransfer, { batchPayer }: TestContracts): Call {
  const args = [[to], [amount]] as const
  const data = encodeFunctionData({ abi: batchPayerAbi, functionName: 'payNative', args })
  return { to: batchPayer, value: amount + 1n, data, gas: 2n * TOKEN_GAS }
}

const word = (value: bigint): string => value.toString(16).padStart(64, '0')
