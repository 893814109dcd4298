import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HexError } from './hex-error.ts'
import { type ReceiptJson, ReceiptTypeError, receiptsRoot } from './receipts-root.ts'
import { anyReceipts } from './testing/any-receipts.ts'
import { encodedReceipt, mptRoot } from './testing/mpt-roots.ts'

const plain: ReceiptJson = {
  type: '0x2',
  status: '0x1',
  cumulativeGasUsed: '0x5208',
  logsBloom: `0x${'0'.repeat(512)}`,
  logs: [],
}
const log = { address: `0x${'1'.repeat(40)}`, topics: [`0x${'2'.repeat(64)}`], data: '0x' }

const expected = (receipts: readonly ReceiptJson[]) => mptRoot(receipts.map(encodedReceipt))

test('agrees with general libraries on receipts of every type', async () => {
  await fc.assert(
    fc.asyncProperty(anyReceipts, async (receipts) => {
      expect(receiptsRoot(receipts)).toBe(await expected(receipts))
    }),
  )
})

test('takes data of a megabyte', async () => {
  const receipts = [{ ...plain, logs: [{ ...log, data: `0x${'ab'.repeat(1_000_000)}` }] }]

  expect(receiptsRoot(receipts)).toBe(await expected(receipts))
})

describe('covers', () => {
  test.each<[string, Partial<ReceiptJson>]>([
    ['the type', { type: '0x1' }],
    ['the status', { status: '0x0' }],
    ['the gas', { cumulativeGasUsed: '0x5209' }],
    ['the bloom', { logsBloom: `0x${'0'.repeat(511)}1` }],
    ['a log too many', { logs: [log] }],
  ])('%s', (_, change) => {
    expect(receiptsRoot([{ ...plain, ...change }])).not.toBe(receiptsRoot([plain]))
  })

  test('a state root in place of a status', async () => {
    const old = { ...plain, type: undefined, status: undefined, root: `0x${'3'.repeat(64)}` }

    expect(receiptsRoot([old])).toBe(await expected([old]))
  })

  test('the nonce of a deposit only once it has a version', () => {
    const deposit = { ...plain, type: '0x7e', depositNonce: '0x1' }
    const later = { ...deposit, depositNonce: '0x2' }
    const versions = [deposit, later].map((one) => ({ ...one, depositReceiptVersion: '0x1' }))

    expect(receiptsRoot([deposit])).toBe(receiptsRoot([later]))
    expect(new Set([deposit, ...versions].map((one) => receiptsRoot([one]))).size).toBe(3)
  })
})

test.each(['0x5', '0x7f', '2', ''])('halts at the unknown type %j', (type) => {
  expect(() => receiptsRoot([{ ...plain, type }])).toThrow(ReceiptTypeError)
})

test.each<[string, ReceiptJson]>([
  ['neither status nor root', { ...plain, status: undefined }],
  ['a short bloom', { ...plain, logsBloom: '0x00' }],
  ['no number', { ...plain, cumulativeGasUsed: '21000' }],
  ['a short address', { ...plain, logs: [{ ...log, address: '0x12' }] }],
  ['a long topic', { ...plain, logs: [{ ...log, topics: [`0x${'2'.repeat(66)}`] }] }],
  ['half a byte of data', { ...plain, logs: [{ ...log, data: '0x123' }] }],
  ['data that is no hex', { ...plain, logs: [{ ...log, data: '0xzz' }] }],
])('refuses a receipt with %s', (_, receipt) => {
  expect(() => receiptsRoot([receipt])).toThrow(HexError)
})
