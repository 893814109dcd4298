import { testTokenAbi } from '@coffer/contracts/test-token'
import { UNITS_MAX } from '@coffer/money/units'
import { encodeFunctionData } from 'viem'
import { expect, test } from 'vitest'
import { tokenCall } from './encode-transaction.ts'

test.each([0n, 1n, UNITS_MAX])('puts a transfer of %i together as the ABI has it', (amount) => {
  const to = '0x00000000000000000000000000000000000000ab'

  expect(tokenCall('0x00000000000000000000000000000000000000cd', to, amount).data).toBe(
    encodeFunctionData({ abi: testTokenAbi, functionName: 'transfer', args: [to, amount] }),
  )
})
