import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HexError } from './hex-error.ts'
import { JsonFormatError } from './json-reader.ts'
import {
  LOG,
  LOG_FIELDS,
  RECEIPT,
  RECEIPT_FIELDS,
  readReceipts,
  receiptTable,
  textAt,
} from './receipt-table.ts'
import { type ReceiptJson, ReceiptTypeError, receiptsRoot, tableRoot } from './receipts-root.ts'
import { anyReceipts } from './testing/any-receipts.ts'

const table = receiptTable()

const plain = {
  type: '0x2',
  status: '0x1',
  cumulativeGasUsed: '0x5208',
  logsBloom: `0x${'0'.repeat(512)}`,
  logs: [] as object[],
}
const log = { address: `0x${'1'.repeat(40)}`, topics: [`0x${'2'.repeat(64)}`], data: '0x' }

/** The roots of all lists of receipts that a body holds. */
const rootsIn = (body: string): string[] =>
  readReceipts(table, Buffer.from(body)).map((answer) => tableRoot(table, answer))

const answerOf = (receipts: readonly object[], id = 0) => ({ jsonrpc: '2.0', id, result: receipts })

test('finds what JSON.parse finds, however it is written', () => {
  const blocks = fc.array(anyReceipts, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(blocks, fc.constantFrom(0, 1, '\t'), (receipts, space) => {
      const body = JSON.stringify(receipts.map(answerOf), null, space)

      expect(rootsIn(body)).toEqual(receipts.map(receiptsRoot))
    }),
  )
})

test('finds fields in any order, among others it does not know', () => {
  const strange = { 'a"b\\': ['\\"', { to: 'x}' }, [[]], {}], n: -1.5e3, no: null, yes: true }
  const to = `0x${'a'.repeat(40)}`
  const all = Object.entries({ ...plain, to, transactionHash: null, ...strange })
  const fields = fc.shuffledSubarray(all, { minLength: 8 })
  fc.assert(
    fc.property(fc.array(fields, { minLength: 1, maxLength: 5 }), (some) => {
      const receipts = some.map((entries) => Object.fromEntries(entries))
      const whole = receipts.map((one) => ({ ...one, ...plain }))

      expect(rootsIn(JSON.stringify(answerOf(whole)))).toEqual([
        receiptsRoot(whole as unknown as ReceiptJson[]),
      ])
    }),
  )
})

test('takes no field of any known chain for another one', () => {
  const names = [
    ...['blockNumber', 'blockTimestamp', 'transactionIndex', 'gasUsed', 'effectiveGasPrice'],
    ...['blobGasUsed', 'blobGasPrice', 'l1Fee', 'l1GasPrice', 'l1GasUsed', 'l1FeeScalar'],
    ...['l1BaseFeeScalar', 'l1BlobBaseFee', 'l1BlobBaseFeeScalar', 'operatorFeeScalar'],
    ...['operatorFeeConstant', 'daFootprintGasScalar', 'l1BlockNumber', 'gasUsedForL1'],
    ...['timeboosted', 'multiGasUsed', 'l1BatchNumber', 'l1BatchTxIndex', 'l2ToL1Logs'],
    ...['gatewayFee', 'feeCurrency', 'feePayer', 'tokenRatio', 'logIndex', 'removed', 'data'],
  ]
  const others = Object.fromEntries(names.map((name) => [name, 1]))
  const receipts = [{ ...others, ...plain }, plain] as unknown as ReceiptJson[]

  expect(rootsIn(JSON.stringify(answerOf(receipts)))).toEqual([receiptsRoot(receipts)])
})

test('gives the text of each field', () => {
  const logs = [{ ...log, logIndex: '0x7', removed: true }, log]
  const addressed = { ...plain, to: `0x${'a'.repeat(40)}`, from: `0x${'b'.repeat(40)}`, logs }
  const body = JSON.stringify([answerOf([plain], 5), answerOf([{ ...addressed, root: null }], 4)])

  expect(readReceipts(table, Buffer.from(body))).toEqual([
    { id: 5, from: 0, to: 1, result: 'receipts' },
    { id: 4, from: 1, to: 2, result: 'receipts' },
  ])
  const place = (field: keyof typeof RECEIPT) =>
    table.receipts[RECEIPT_FIELDS + RECEIPT[field]] ?? 0
  const texts = (['to', 'from', 'root', 'contractAddress', 'type'] as const).map((field) =>
    textAt(table, place(field)),
  )
  expect(texts).toEqual([addressed.to, addressed.from, undefined, undefined, '0x2'])
  expect([place('logsFrom'), place('logsTo')]).toEqual([0, 2])
  const second = table.logs.subarray(LOG_FIELDS)
  expect([table.logs[LOG.removed], second[LOG.removed]]).toEqual([1, 0])
  expect(textAt(table, table.logs[LOG.logIndex] ?? 0)).toBe('0x7')
  expect(textAt(table, second[LOG.topics] ?? 0)).toBe(log.topics[0])
})

test('takes more receipts and logs than it had room for', () => {
  const receipts = Array.from({ length: 1_500 }, (_, index) => {
    return { ...plain, cumulativeGasUsed: `0x${index.toString(16)}`, logs: [log, log] }
  })

  expect(rootsIn(JSON.stringify(answerOf(receipts)))).toEqual([
    receiptsRoot(receipts as ReceiptJson[]),
  ])
})

test('reads types of every length after the memory had to grow for what is hashed', () => {
  const fresh = receiptTable()
  const receipts = [1_000, 100_000, 1_000_000].map((bytes) => {
    return { ...plain, type: '0x7e', logs: [{ ...log, data: `0x${'ab'.repeat(bytes)}` }] }
  })

  for (const receipt of receipts) {
    const body = Buffer.from(JSON.stringify(answerOf([receipt, receipt])))
    const [answer] = readReceipts(fresh, body)
    expect(answer && tableRoot(fresh, answer)).toBe(receiptsRoot([receipt, receipt]))
  }
})

test.each([
  [null, 'none'],
  [{}, 'other'],
  ['none', 'other'],
  [{ error: { code: -1, message: 'later' } }, 'other'],
])('names an answer that is %j without reading it', (given, result) => {
  const body = JSON.stringify([{ id: 1, result: given }, answerOf([plain], 0)])

  expect(readReceipts(table, Buffer.from(body))).toEqual([
    { id: 1, from: 0, to: 0, result },
    { id: 0, from: 0, to: 1, result: 'receipts' },
  ])
})

test('keeps the place of a receipt that is null, which has nothing', () => {
  const body = JSON.stringify(answerOf([plain, null as unknown as object, plain]))

  expect(readReceipts(table, Buffer.from(body))).toMatchObject([{ from: 0, to: 3 }])
  const beginnings = [0, 1, 2].map(
    (row) => table.receipts[row * RECEIPT_FIELDS + RECEIPT.beginning],
  )
  expect(beginnings.map((place) => place === 0)).toEqual([false, true, false])
})

describe('refuses', () => {
  const body = JSON.stringify(answerOf([{ ...plain, logs: [log] }]))

  test('an answer that is cut off anywhere, or goes on', () => {
    for (let length = 0; length < body.length; length++) {
      expect(() => rootsIn(body.slice(0, length))).toThrow(JsonFormatError)
    }
    expect(() => rootsIn(`${body}}`)).toThrow(JsonFormatError)
  })

  test.each([
    ['[1]', JsonFormatError],
    ['busy', JsonFormatError],
    ['{"id":0,"result":[1]}', JsonFormatError],
    [body.replace('0x2"', '0x5"'), ReceiptTypeError],
    [body.replace('"0x5208"', '21000'), JsonFormatError],
    [body.replace('0x5208', '5208'), HexError],
    [body.replace('"0x5208"', 'null'), HexError],
    [body.replace('0x1111', '0x11z1'), HexError],
    [body.replace('0x1111', '0x111'), HexError],
    [body.replace('0x1111', '0x11111'), HexError],
    [body.replace('0x2222', '0x22222'), HexError],
    [body.replace('"data":"0x"', '"data":"0x1"'), HexError],
    [body.replace('["0x22', '["0x","0x","0x","0x","0x22'), JsonFormatError],
  ])('%.60s…', (text, error) => {
    expect(() => rootsIn(text)).toThrow(error)
  })
})
