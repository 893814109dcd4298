import { RLP } from '@ethereumjs/rlp'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HexError } from './hex-error.ts'
import { ETHEREUM_WITHDRAWALS, ETHEREUM_WITHDRAWALS_ROOT } from './testing/known-withdrawals.ts'
import { mptRoot } from './testing/mpt-roots.ts'
import { withdrawalsRoot } from './withdrawals-root.ts'

const [first] = ETHEREUM_WITHDRAWALS as [(typeof ETHEREUM_WITHDRAWALS)[number]]

test('is what a block of Ethereum says of its withdrawals', () => {
  expect(withdrawalsRoot(ETHEREUM_WITHDRAWALS)).toBe(ETHEREUM_WITHDRAWALS_ROOT)
})

test('is another one when anything of a withdrawal is, or their order', () => {
  const changed = [
    { ...first, index: '0x1' },
    { ...first, validatorIndex: '0x1' },
    { ...first, address: `0x${'1'.repeat(40)}` },
    { ...first, amount: '0x1' },
  ].map((each) => [each, ...ETHEREUM_WITHDRAWALS.slice(1)])
  const lists = [...changed, ETHEREUM_WITHDRAWALS.toReversed(), ETHEREUM_WITHDRAWALS.slice(1)]

  const roots = lists.map(withdrawalsRoot)

  expect(new Set([...roots, ETHEREUM_WITHDRAWALS_ROOT]).size).toBe(7)
})

const withdrawal = fc.record({
  index: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  validatorIndex: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  address: fc.uint8Array({ minLength: 20, maxLength: 20 }),
  amount: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
})

test('is what a general library finds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(withdrawal, { maxLength: 40 }), async (list) => {
      const encoded = list.map(({ index, validatorIndex, address, amount }) =>
        RLP.encode([index, validatorIndex, address, amount]),
      )
      const told = list.map(({ index, validatorIndex, address, amount }) => ({
        index: `0x${index.toString(16)}`,
        validatorIndex: `0x${validatorIndex.toString(16)}`,
        address: `0x${Buffer.from(address).toString('hex')}`,
        amount: `0x${amount.toString(16)}`,
      }))

      expect(withdrawalsRoot(told)).toBe(await mptRoot(encoded))
    }),
  )
})

test.each(['', '0x', 'five', '0xzz'])('refuses %j as an amount', (amount) => {
  expect(() => withdrawalsRoot([{ ...first, amount }])).toThrow(HexError)
})
