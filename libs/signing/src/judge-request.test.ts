import { parseAddress, ZERO_ADDRESS } from '@coffer/evm/address'
import { chainIdOf } from '@coffer/money/chain-id'
import { parseTransaction, recoverTransactionAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import type { Hex, SigningRequest } from './ports.ts'
import type { SigningRule } from './signing-refused.ts'
import * as given from './testing/signing-requests.ts'
import { testSigner } from './testing/test-signer.ts'

const { alice, bob, cold, native, dollar, token, request } = given
const signer = () =>
  testSigner({ privateKey: given.HOT_KEY, xprv: given.xprv, policy: given.policy })

const batch = (data: Hex, value: bigint, payouts: SigningRequest['payouts']) =>
  request({ transaction: { to: given.batchPayer, value, data }, payouts: payouts ?? [] })
const flush = (data: Hex) =>
  request({ purpose: 'sweep', transaction: { to: given.forwarders, value: 0n, data } })
const both = [
  { id: 'w1', asset: native, to: alice, amount: '5' },
  { id: 'w2', asset: native, to: bob, amount: '7' },
]
const bothTokens = both.map((each) => ({ ...each, asset: dollar }))
const place = given.derivedAddress(3)
const fromPlace = { purpose: 'sweep', from: place, derivationIndex: 3 } as const
const topUp = (amount: bigint, to = place, derivationIndex = 3) =>
  request({ purpose: 'top-up', transaction: { to, value: amount }, derivationIndex })

describe('W13: it signs what does what it is said to do', () => {
  test.each<[string, SigningRequest]>([
    ['coin', request()],
    ['a token', given.tokenPayout(alice, 1_000n)],
    ['coin for many', batch(given.batchCalls.native([alice, bob], [5n, 7n]), 12n, both)],
    ['a token for many', batch(given.batchCalls.token([alice, bob], [5n, 7n]), 0n, bothTokens)],
    [
      'coin and a token',
      batch(
        given.batchCalls.mixed([
          { token: ZERO_ADDRESS, to: alice, amount: 5n },
          { token, to: bob, amount: 7n },
        ]),
        5n,
        [...both.slice(0, 1), ...bothTokens.slice(1)],
      ),
    ],
    ['a flush', flush(given.flushCall([1, 2], [token]))],
    ['a sweep of coin', request({ ...fromPlace, transaction: { to: given.hotWallet } })],
    [
      'a sweep of a token',
      request({
        ...fromPlace,
        transaction: { to: token, value: 0n, data: given.transferCall(given.hotWallet, 9n) },
      }),
    ],
    ['gas for a sweep', topUp(50n)],
    [
      'more than any payout to a cold address',
      request({ purpose: 'cold', transaction: { to: cold, value: 10n ** 20n } }),
    ],
    [
      'an allowance of the batch payer',
      request({
        purpose: 'approve',
        transaction: {
          to: token,
          value: 0n,
          data: given.approveCall(given.batchPayer, 2n ** 256n - 1n),
        },
      }),
    ],
    ['nothing', given.cancel(4)],
  ])('%s', async (_, asked) => {
    const { raw, hash } = await signer().sign(asked)

    const { chainId, type, nonce, to, value = 0n, data = '0x', gas } = parseTransaction(raw)
    const { transaction } = asked
    expect({ chainId, type }).toEqual({ chainId: 31_337, type: 'eip1559' })
    expect({ nonce: nonce ?? 0, to, value, data, gas }).toMatchObject({
      nonce: transaction.nonce,
      to: transaction.to,
      value: transaction.value,
      data: transaction.data,
      gas: transaction.gas,
    })
    const from = await recoverTransactionAddress({ serializedTransaction: raw as `0x02${string}` })
    expect(from.toLowerCase()).toBe(asked.from)
    expect(hash).toMatch(/^0x[0-9a-f]{64}$/)
  })
})

const tampered = (changes: Partial<NonNullable<SigningRequest['payouts']>[number]>) =>
  request({ payouts: [{ id: 'w1', asset: native, to: alice, amount: '5', ...changes }] })
const stranger = parseAddress(`0x${'66'.repeat(20)}`)
const transferFrom = `0x23b872dd${'0'.repeat(192)}` as const
const delegateCall = `0x6a761202${'0'.repeat(64)}` as const

describe('W13, W19: it refuses', () => {
  test.each<[SigningRule, string, SigningRequest]>([
    ['chain', 'another chain', request({ chain: chainIdOf(1) })],
    ['from', 'another account', request({ from: alice })],
    ['intent', 'another recipient than it states', tampered({ to: bob })],
    ['intent', 'another amount than it states', tampered({ amount: '4' })],
    ['intent', 'another asset than it states', tampered({ asset: dollar })],
    ['intent', 'a payout that states nothing', request({ payouts: [] })],
    [
      'intent',
      'one transfer for two payouts',
      request({ payouts: [...both.slice(0, 1), ...both.slice(0, 1)] }),
    ],
    [
      'intent',
      'a batch in another order',
      batch(given.batchCalls.native([bob, alice], [7n, 5n]), 12n, both),
    ],
    [
      'intent',
      'a batch that leaves one out',
      batch(given.batchCalls.native([alice], [5n]), 5n, both),
    ],
    [
      'call',
      'a batch with coin left over',
      batch(given.batchCalls.native([alice, bob], [5n, 7n]), 13n, both),
    ],
    [
      'contract',
      'a call of a stranger',
      request({ transaction: { to: stranger, value: 0n, data: delegateCall } }),
    ],
    [
      'contract',
      'a contract wallet that would delegate',
      request({ transaction: { data: delegateCall } }),
    ],
    [
      'call',
      'transferFrom',
      request({ transaction: { to: token, value: 0n, data: transferFrom } }),
    ],
    [
      'call',
      'bytes after the arguments',
      request({
        transaction: { to: token, value: 0n, data: `${given.transferCall(alice, 5n)}00` },
        payouts: [{ id: 'w1', asset: dollar, to: alice, amount: '5' }],
      }),
    ],
    [
      'call',
      'a recipient with dirty upper bytes',
      request({
        transaction: {
          to: token,
          value: 0n,
          data: given.transferCall(alice, 5n).replace(/^(0x.{8})0/, '$11') as Hex,
        },
        payouts: [{ id: 'w1', asset: dollar, to: alice, amount: '5' }],
      }),
    ],
    [
      'call',
      'coin with a token',
      request({ transaction: { to: token, value: 1n, data: given.transferCall(alice, 5n) } }),
    ],
    ['recipient', 'a payout to the hot wallet', given.tokenPayout(given.hotWallet, 5n)],
    ['recipient', 'a payout to the token itself', given.tokenPayout(token, 5n)],
    ['recipient', 'a payout to nobody', given.tokenPayout(ZERO_ADDRESS, 5n)],
    ['amount', 'more than a payout may be', given.paid('w1', 101n, 0)],
    ['amount', 'a payout of nothing', given.paid('w1', 0n, 0)],
    ['gas', 'more gas than any transaction needs', request({ transaction: { gas: 1_000_001n } })],
    ['fee', 'a fee above the limit', request({ transaction: { maxFeePerGas: 1_000n } })],
    ['fee', 'more priority than fee', request({ transaction: { maxPriorityFeePerGas: 101n } })],
    ['recipient', 'a sweep to somebody else', request({ ...fromPlace, transaction: { to: bob } })],
    [
      'from',
      'a sweep from another place',
      request({ ...fromPlace, derivationIndex: 4, transaction: { to: given.hotWallet } }),
    ],
    ['call', 'a flush that would fail', flush(given.flushCall([2, 1], [token]))],
    ['asset', 'a flush of a strange token', flush(given.flushCall([1], [stranger]))],
    ['recipient', 'gas for somebody else', topUp(50n, bob)],
    ['recipient', 'gas for another place', topUp(50n, place, 4)],
    ['amount', 'too much gas for a sweep', topUp(51n)],
    ['recipient', 'a surplus to an address that is not cold', request({ purpose: 'cold' })],
    [
      'recipient',
      'an allowance for somebody else',
      request({
        purpose: 'approve',
        transaction: { to: token, value: 0n, data: given.approveCall(bob, 1n) },
      }),
    ],
    [
      'intent',
      'an allowance as a payout',
      request({
        transaction: { to: token, value: 0n, data: given.approveCall(given.batchPayer, 1n) },
      }),
    ],
    ['intent', 'a payment as a cancellation', request({ purpose: 'cancel' })],
  ])('by its rule "%s" %s', async (rule, _, asked) => {
    await expect(signer().sign(asked)).rejects.toMatchObject({ code: 'SIGNING_REFUSED', rule })
  })
})
