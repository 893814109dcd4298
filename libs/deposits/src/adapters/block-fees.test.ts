import type { JsonRpc } from '@coffer/evm/json-rpc'
import { expect, test } from 'vitest'
import { ALICE, block, hashOf } from '../testing/scan-facts.ts'
import { blockFees } from './block-fees.ts'

/** A node that answers everything with `answer`. */
const answering = (answer: unknown): JsonRpc => ({
  name: 'fake',
  call: async () => answer,
  batch: () => Promise.reject(new Error('A batch was not expected.')),
  read: () => Promise.reject(new Error('A batch was not expected.')),
  [Symbol.asyncDispose]: async () => undefined,
})

const receipt = { blockHash: hashOf(10), from: ALICE, cumulativeGasUsed: '0x5208' }

test('what is above the base fee is earned, and what the account paid is told', async () => {
  const rpc = answering([
    { ...receipt, effectiveGasPrice: '0x5' },
    { ...receipt, from: hashOf(1), cumulativeGasUsed: '0xa410', effectiveGasPrice: '0x3' },
  ])

  const fees = await blockFees(rpc, block(10), { account: ALICE, baseFee: 3n })

  expect(fees).toEqual({ earned: 42_000n, paid: 105_000n })
})

test.each([
  ['nothing', null],
  ['no list', {}],
  ['a list with nothing in it', [receipt, null]],
  ['another block', [{ ...receipt, blockHash: hashOf(11) }]],
])('receipts that are %s are refused, to be asked for again', async (_, answer) => {
  const fees = blockFees(answering(answer), block(10), { account: ALICE, baseFee: 0n })

  await expect(fees).rejects.toMatchObject({ code: 'SCAN_BLOCK_PROOF', retry: 'retry' })
})
