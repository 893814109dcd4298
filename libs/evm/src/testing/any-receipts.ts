import fc from 'fast-check'
import { logsBloom } from '../bloom.ts'
import type { LogJson, ReceiptJson } from '../receipts-root.ts'

const hexOf = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`)

const quantity = (max: bigint) => fc.bigInt(0n, max).map((value) => `0x${value.toString(16)}`)

const log = fc.record<LogJson>({
  address: hexOf(20),
  topics: fc.array(hexOf(32), { maxLength: 4 }),
  data: hexOf(0, 200),
})

const receipt = fc
  .record({
    type: fc.constantFrom(undefined, '0x0', '0x1', '0x2', '0x3', '0x4', '0x7e', '0x6a', '0x78'),
    status: fc.constantFrom('0x0', '0x1'),
    cumulativeGasUsed: quantity(2n ** 64n - 1n),
    logs: fc.array(log, { maxLength: 4 }),
    depositNonce: fc.option(quantity(2n ** 64n - 1n), { nil: undefined }),
    depositReceiptVersion: fc.option(fc.constant('0x1'), { nil: undefined }),
  })
  .map((fields): ReceiptJson => ({ ...fields, logsBloom: logsBloom(fields.logs) }))

/** Receipts of one block, of all types in any order. */
export const anyReceipts = fc.array(receipt, { maxLength: 20 })
