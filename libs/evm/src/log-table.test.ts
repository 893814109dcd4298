import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logsBloom, tableBloom } from './bloom.ts'
import { HexError } from './hex-error.ts'
import { JsonFormatError } from './json-reader.ts'
import {
  addressPlace,
  hasData,
  isHex,
  isRemoved,
  isText,
  isWordBefore,
  LOGGED,
  type LogTable,
  numberOf,
  readLogs,
  textOf,
  topicCount,
} from './log-table.ts'

const WORD = `0x${'a'.repeat(64)}`

type LogJson = Record<string, unknown> & { topics: readonly string[] }

const hex = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(toHex)
const toHex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}`

const anyLog = fc.record({
  address: hex(20),
  topics: fc.array(hex(32), { maxLength: 4 }),
  data: fc.uint8Array({ maxLength: 100 }).map(toHex),
  blockHash: hex(32),
  blockNumber: fc.constant('0x7'),
  transactionHash: hex(32),
  transactionIndex: fc.nat().map((index) => `0x${index.toString(16)}`),
  logIndex: fc.nat().map((index) => `0x${index.toString(16)}`),
  removed: fc.boolean(),
})

const answerOf = (result: unknown, id = 0) => ({ jsonrpc: '2.0', id, result })
const bodyOf = (value: unknown, space?: number | string) =>
  Buffer.from(JSON.stringify(value, null, space))

/** The logs of a table as JSON.parse would give them. */
const logsOf = (table: LogTable) =>
  Array.from({ length: table.count }, (_, row) => ({
    address: textOf(table, row, LOGGED.address),
    topics: Array.from({ length: topicCount(table, row) }, (_topic, index) =>
      textOf(table, row, LOGGED.topics + index),
    ),
    data: textOf(table, row, LOGGED.data),
    blockHash: textOf(table, row, LOGGED.blockHash),
    blockNumber: '0x7',
    transactionHash: textOf(table, row, LOGGED.transactionHash),
    transactionIndex: textOf(table, row, LOGGED.transactionIndex),
    logIndex: textOf(table, row, LOGGED.logIndex),
    removed: isRemoved(table, row),
  }))

test('finds what JSON.parse finds, however it is written', () => {
  const answers = fc.array(fc.array(anyLog, { maxLength: 5 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(answers, fc.constantFrom(0, 1, '\t'), (results, space) => {
      const calls = results.map((_, id) => id)
      const body = bodyOf(results.map(answerOf).toReversed(), space)

      const tables = readLogs(body, calls)

      expect(tables?.map(logsOf)).toEqual(results)
      expect(tables?.map((table) => tableBloom(table, 0, table.count))).toEqual(
        results.map((logs) => logsBloom(logs as LogJson[] as never)),
      )
    }),
  )
})

test('finds fields in any order, among others it does not know', () => {
  const strange = { 'a"b\\': ['\\"', { to: 'x}' }, [[]], {}], n: -1.5e3, no: null, yes: true }
  fc.assert(
    fc.property(anyLog, fc.infiniteStream(fc.nat()), (log, order) => {
      const fields = Object.entries({ ...log, ...strange })
      const shuffled = fields.map((field) => ({ field, at: order.next().value as number }))
      const inOrder = shuffled.toSorted((a, b) => a.at - b.at).map(({ field }) => field)

      const tables = readLogs(bodyOf([answerOf([Object.fromEntries(inOrder)])]), [0])

      expect(tables?.map(logsOf)).toEqual([[log]])
    }),
  )
})

test.each<[string, unknown]>([
  ['an error', { id: 0, error: { code: -32005, message: 'too many' } }],
  ['null', answerOf(null)],
  ['an object', answerOf({})],
  ['to another call', answerOf([], 1)],
])('an answer that is %s is no list of logs', (_, answer) => {
  expect(readLogs(bodyOf([answer]), [0])).toBeUndefined()
  expect(readLogs(bodyOf(answer), [0])).toBeUndefined()
})

test('an answer that is cut off anywhere is refused', () => {
  const [log] = fc.sample(anyLog, 1)
  const whole = bodyOf([answerOf([log])])
  for (let length = 0; length < whole.length; length++) {
    expect(() => readLogs(whole.subarray(0, length), [0])).toThrow(JsonFormatError)
  }
})

test('more topics than there can be are refused', () => {
  const log = { topics: Array.from({ length: 5 }, () => '0x') }

  expect(() => readLogs(bodyOf([answerOf([log])]), [0])).toThrow(JsonFormatError)
})

describe('of a single log', () => {
  const tableOf = (log: object) => readLogs(bodyOf([answerOf([log])]), [0])?.[0] as LogTable

  test.each<[unknown, boolean]>([
    ['0x', true],
    ['0x0aF9', true],
    ['0x0', false],
    ['0xgg', false],
    ['0aF9', false],
    ['', false],
    [null, false],
  ])('data %j are bytes: %j', (data, expected) => {
    expect(hasData(tableOf({ data }), 0)).toBe(expected)
  })

  test('a text is only itself, and none where there is none', () => {
    const table = tableOf({ blockHash: '0xab', logIndex: null })

    expect(isText(table, 0, LOGGED.blockHash, '0xab')).toBe(true)
    expect(isText(table, 0, LOGGED.blockHash, '0xa')).toBe(false)
    expect(isText(table, 0, LOGGED.blockHash, '0xabc')).toBe(false)
    expect(isText(table, 0, LOGGED.logIndex, '')).toBe(false)
    expect(textOf(table, 0, LOGGED.logIndex)).toBe('')
  })

  test('hex is itself in capitals too, and nothing else', () => {
    const table = tableOf({ blockHash: '0xAb0', transactionHash: '0Xab0', logIndex: null })

    expect(isHex(table, 0, LOGGED.blockHash, '0xab0')).toBe(true)
    expect(isHex(table, 0, LOGGED.blockHash, '0xab1')).toBe(false)
    expect(isHex(table, 0, LOGGED.blockHash, '0xab')).toBe(false)
    expect(isHex(table, 0, LOGGED.blockHash, '0xab00')).toBe(false)
    expect(isHex(table, 0, LOGGED.transactionHash, '0xab0')).toBe(false)
    expect(isHex(table, 0, LOGGED.logIndex, '0x')).toBe(false)
  })

  test.each<[unknown, number]>([
    ['0x0', 0],
    ['0x1F', 31],
    ['0xfffffff', 268_435_455],
    ['0x10000000', -1],
    ['0x', -1],
    ['0xg', -1],
    ['1f', -1],
    ['', -1],
    [null, -1],
  ])('the number %j is %d', (logIndex, expected) => {
    expect(numberOf(tableOf({ logIndex }), 0, LOGGED.logIndex)).toBe(expected)
  })

  test.each<[unknown, string | undefined]>([
    [`0x${'0'.repeat(24)}${'aB'.repeat(20)}`, 'aB'.repeat(20)],
    [`0x${'0'.repeat(23)}1${'ab'.repeat(20)}`, undefined],
    [`0x1${'0'.repeat(23)}${'ab'.repeat(20)}`, undefined],
    [`1x${'0'.repeat(24)}${'ab'.repeat(20)}`, undefined],
    [`00${'0'.repeat(24)}${'ab'.repeat(20)}`, undefined],
    [`0x${'0'.repeat(24)}${'ab'.repeat(19)}`, undefined],
    [`0x${'0'.repeat(26)}${'ab'.repeat(20)}`, undefined],
    [null, undefined],
  ])('the digits of the address in the word %j are %j', (word, expected) => {
    const table = tableOf({ topics: [word] })
    const place = addressPlace(table, 0, LOGGED.topics)

    const digits = place === -1 ? undefined : table.bytes.toString('latin1', place, place + 40)
    expect(digits).toBe(expected)
  })

  test('what is no hex has no bloom', () => {
    expect(() => tableBloom(tableOf({ address: `0x${'z'.repeat(40)}` }), 0, 1)).toThrow(HexError)
    expect(() => tableBloom(tableOf({ address: `0x${'1'.repeat(38)}` }), 0, 1)).toThrow(HexError)
    expect(() => tableBloom(tableOf({ address: `1x${'1'.repeat(40)}` }), 0, 1)).toThrow(HexError)
    expect(() => tableBloom(tableOf({}), 0, 1)).toThrow(HexError)
  })
})

test.each<[string, unknown, unknown, boolean]>([
  ['the same word', WORD, WORD, true],
  ['one that differs in its last digit', WORD, WORD.replace(/.$/, 'b'), false],
  ['one that differs in its first', `1${WORD.slice(1)}`, WORD, false],
  ['a longer one', WORD, `${WORD}a`, false],
  ['a longer one before', `${WORD}a`, WORD, false],
  ['none before', null, WORD, false],
  ['none', WORD, null, false],
  ['none twice', null, null, false],
])('whether a row has the word of the row before it: %s', (_, before, blockHash, expected) => {
  const body = bodyOf([answerOf([{ blockHash: before }, { blockHash }])])
  const table = readLogs(body, [0])?.[0] as LogTable

  expect(isWordBefore(table, 1, LOGGED.blockHash)).toBe(expected)
})
