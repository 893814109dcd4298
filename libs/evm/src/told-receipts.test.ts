import { describe, expect, test } from 'vitest'
import { HexError } from './hex-error.ts'
import { RECEIPT, RECEIPT_FIELDS } from './receipt-table.ts'
import { type ReceiptJson, receiptsRoot } from './receipts-root.ts'
import {
  isHex,
  isSameText,
  isText,
  numberAt,
  type ToldReceipts,
  textOf,
  toldReceipts,
} from './told-receipts.ts'

const read = toldReceipts({ root: true })

const plain: ReceiptJson = {
  ...{ type: '0x2', status: '0x1', cumulativeGasUsed: '0x5208', logs: [] },
  logsBloom: `0x${'0'.repeat(512)}`,
}

const callsOf = (count: number) =>
  Array.from({ length: count }, () => ({ method: 'eth_getBlockReceipts', params: [] }))

const readAll = (answers: unknown, count: number) =>
  read(Buffer.from(JSON.stringify(answers)), callsOf(count))

const answerOf = (result: unknown, id = 0) => ({ jsonrpc: '2.0', id, result })

function told(receipts: readonly object[]): ToldReceipts {
  const [given] = readAll([answerOf(receipts)], 1) ?? []
  if (!given) throw new Error('Not read.')
  return given
}

const placeOf = ({ receipts }: ToldReceipts, row: number, field: number) =>
  receipts[row * RECEIPT_FIELDS + field] ?? 0

test('tells each block its own receipts, in the order of the calls', () => {
  const [first, second, none] =
    readAll([answerOf([plain, plain], 1), answerOf(null, 2), answerOf([], 0)], 3) ?? []

  expect([first, second].map((given) => given && given.to - given.from)).toEqual([0, 2])
  expect(second?.root()).toBe(receiptsRoot([plain, plain]))
  expect(none).toBeNull()
})

test('stays as it is when other answers are read', () => {
  const kept = told([{ ...plain, from: `0x${'a'.repeat(40)}` }])
  told([{ ...plain, from: `0x${'b'.repeat(40)}` }])

  expect(textOf(kept, placeOf(kept, 0, RECEIPT.from))).toBe(`0x${'a'.repeat(40)}`)
  expect(kept.root()).toBe(receiptsRoot([plain]))
})

describe('reads nothing of a body', () => {
  test.each<[string, unknown]>([
    ['that lacks an answer', [answerOf([plain])]],
    ['with an error in it', [answerOf([plain]), { id: 1, error: { code: -32005, message: 'no' } }]],
    ['with an answer to nothing that was asked', [answerOf([plain]), answerOf([plain], 2)]],
    ['that refuses all of it', { id: null, error: { code: -32005, message: 'no' } }],
  ])('%s', (_, body) => {
    expect(readAll(body, 2)).toBeUndefined()
  })
})

test('tells what is wrong with a receipt when its root is asked for, and not before', () => {
  const given = told([{ ...plain, cumulativeGasUsed: '5208' }])

  expect(() => given.root()).toThrow(HexError)
})

test('has no root of receipts of which one is null, or of which nobody wanted one', () => {
  const [unwanted] =
    toldReceipts({ root: false })(Buffer.from(JSON.stringify([answerOf([plain])])), callsOf(1)) ??
    []

  expect(() => told([plain, null as unknown as object]).root()).toThrow(/is null/)
  expect(() => unwanted?.root()).toThrow(/Nobody wanted/)
})

test('compares texts where they are', () => {
  const [ab, ac] = [`0x${'ab'.repeat(20)}`, `0x${'ab'.repeat(19)}ac`]
  const given = told([
    { ...plain, from: ab, to: ab, type: '0x', status: '0x1' },
    { ...plain, from: ac },
  ])
  const at = (row: number, field: number) => placeOf(given, row, field)
  const [from, other] = [at(0, RECEIPT.from), at(1, RECEIPT.from)]
  const places = [at(0, RECEIPT.to), other, at(0, RECEIPT.contractAddress)]

  expect(places.map((place) => isSameText(given, from, place))).toEqual([true, false, false])
  const [short, long] = [at(0, RECEIPT.type), at(0, RECEIPT.status)]
  expect([isSameText(given, short, long), isSameText(given, long, short)]).toEqual([false, false])
  expect(isSameText(given, 0, 0)).toBe(true)
  const texts = [ab, ab.slice(1), `${ab}0`, ac, '']
  expect(texts.map((text) => isText(given, from, text))).toEqual([true, false, false, false, false])
  expect(isText(given, 0, '')).toBe(false)
  const loud = told([{ ...plain, from: `0x${'AB'.repeat(20)}` }])
  const place = placeOf(loud, 0, RECEIPT.from)
  expect([ab, ac, ab.slice(1)].map((hex) => isHex(loud, place, hex))).toEqual([true, false, false])
  expect([isHex(given, from, ab), isHex(given, 0, ab)]).toEqual([true, false])
})

test.each([
  ['0x0', 0],
  ['0x1f4', 500],
  ['0xFF', 255],
  ['0x', Number.NaN],
  ['17', Number.NaN],
  ['0x1g', Number.NaN],
])('reads %s as the number %d', (cumulativeGasUsed, number) => {
  const given = told([{ ...plain, cumulativeGasUsed }])

  expect(numberAt(given, placeOf(given, 0, RECEIPT.cumulativeGasUsed))).toBe(number)
  expect(numberAt(given, 0)).toBeNaN()
})
