import { batchPayerAbi } from '@coffer/contracts/batch-payer'
import { forwardersAbi } from '@coffer/contracts/forwarders'
import { type Address, parseAddress } from '@coffer/evm/address'
import { erc20AssetId, nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { encodeFunctionData, erc20Abi } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { deriveKey } from '../derive-keys.ts'
import type { PolicySource } from '../policy.ts'
import type { SigningRequest, UnsignedTransaction } from '../ports.ts'

export const chain = chainIdOf(31_337)
const account = (digits: string) => parseAddress(`0x${digits.repeat(20)}`)

export const alice = account('a1')
export const bob = account('b0')
export const cold = account('c0')
export const token = account('70')
export const batchPayer = account('ba')
export const forwarders = account('f0')
export const native = nativeAssetId(chain)
export const dollar = erc20AssetId(chain, token)

/** Of a mnemonic that everybody knows. */
export const HOT_KEY = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'
export const hotWallet = privateKeyToAddress(HOT_KEY).toLowerCase() as Address

const MNEMONIC = 'test test test test test test test test test test test junk'
export const { xprv } = deriveKey(MNEMONIC, "m/44'/60'/1'/0")
export const derivedAddress = (index: number): Address =>
  deriveKey(MNEMONIC, `m/44'/60'/1'/0/${index}`).address

/** Small numbers, so that tests can say what is one too many. */
export const policy = (wallet: Address): PolicySource => ({
  chains: [
    {
      chain,
      hotWallet: wallet,
      coldAddresses: [cold],
      batchPayers: [batchPayer],
      forwarders: [forwarders],
      assets: [
        { asset: native, payoutMax: '100', windowMax: '250' },
        { asset: dollar, payoutMax: '1000', windowMax: '5000' },
      ],
      gasMax: '1000000',
      feeMax: '10000000',
      feeWindowMax: '100000000',
      topUpMax: '50',
      topUpWindowMax: '120',
    },
  ],
  signaturesPerMinuteMax: 20,
  payoutAttemptsMax: 2,
})

type Changes = Omit<Partial<SigningRequest>, 'transaction'> & {
  transaction?: Partial<UnsignedTransaction>
}

/** Pays Alice 5 wei, but for what is given. */
export function request({ transaction, ...changes }: Changes = {}): SigningRequest {
  return {
    chain,
    from: hotWallet,
    purpose: 'payout',
    payouts: [{ id: 'w1', asset: native, to: alice, amount: '5' }],
    ...changes,
    transaction: {
      nonce: 0,
      to: alice,
      value: 5n,
      data: '0x',
      gas: 21_000n,
      maxFeePerGas: 100n,
      maxPriorityFeePerGas: 10n,
      ...transaction,
    },
  }
}

export const paid = (id: string, amount: bigint, nonce: number): SigningRequest =>
  request({
    transaction: { nonce, value: amount },
    payouts: [{ id, asset: native, to: alice, amount: `${amount}` }],
  })

export const cancel = (nonce: number, fee = 100n): SigningRequest => {
  const { payouts: _, ...rest } = request({
    purpose: 'cancel',
    transaction: { nonce, to: hotWallet, value: 0n, maxFeePerGas: fee },
  })
  return rest
}

export const tokenPayout = (to: Address, amount: bigint): SigningRequest =>
  request({
    transaction: { to: token, value: 0n, data: transferCall(to, amount) },
    payouts: [{ id: 'w1', asset: dollar, to, amount: `${amount}` }],
  })

export const transferCall = (to: Address, amount: bigint) =>
  encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, amount] })

export const approveCall = (spender: Address, amount: bigint) =>
  encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [spender, amount] })

export const batchCalls = {
  native: (to: readonly Address[], amounts: readonly bigint[]) =>
    encodeFunctionData({ abi: batchPayerAbi, functionName: 'payNative', args: [to, amounts] }),
  token: (to: readonly Address[], amounts: readonly bigint[]) =>
    encodeFunctionData({
      abi: batchPayerAbi,
      functionName: 'payToken',
      args: [token, to, amounts],
    }),
  mixed: (payments: readonly { token: Address; to: Address; amount: bigint }[]) =>
    encodeFunctionData({ abi: batchPayerAbi, functionName: 'pay', args: [payments] }),
}

export const flushCall = (salts: readonly number[], tokens: readonly Address[]) =>
  encodeFunctionData({
    abi: forwardersAbi,
    functionName: 'flush',
    args: [salts.map((salt) => `0x${salt.toString(16).padStart(64, '0')}` as const), tokens],
  })
