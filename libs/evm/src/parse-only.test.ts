import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonFormatError } from './json-reader.ts'
import { parseOnly } from './parse-only.ts'

const KEYS = ['from', 'calls', 'value', 'error', 'e']
const read = parseOnly(KEYS)

const callsOf = (count: number) =>
  Array.from({ length: count }, () => ({ method: 'trace', params: [] }))

const bodyOf = (results: readonly unknown[], space?: string) =>
  Buffer.from(
    JSON.stringify(
      results.map((result, id) => ({ jsonrpc: '2.0', id, result })),
      null,
      space,
    ),
  )

/** The value without what is not among the keys. */
function onlyKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(onlyKeys)
  if (typeof value !== 'object' || value === null) return value
  const known = Object.entries(value).filter(([key]) => [...KEYS, 'id', 'result'].includes(key))
  return Object.fromEntries(known.map(([key, inner]) => [key, onlyKeys(inner)]))
}

/** Any JSON with objects of keys that are read and of others. */
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, 0, -1.5e300, 17),
    fc.string({ unit: 'binary' }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS, 'input', 'gas', 'other one', '"\\'), tie('json')),
  ),
}))

test('reads what JSON.parse reads, without the fields that nobody wants', () => {
  const bodies = fc.tuple(
    fc.array(json, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', ' ', '\n\t'),
  )
  fc.assert(
    fc.property(bodies, ([results, space]) => {
      expect(read(bodyOf(results, space), callsOf(results.length))).toEqual(results.map(onlyKeys))
    }),
    { numRuns: 500 },
  )
})

test('puts answers in the order of the calls, whatever order they come in', () => {
  const body = Buffer.from('[{"id":1,"result":"b"},{"result":"a","id":0}]')

  expect(read(body, callsOf(2))).toEqual(['a', 'b'])
})

describe('has no result of', () => {
  test.each([
    '[{"id":0,"result":"a"}]',
    '[{"id":0,"result":"a"},{"id":1,"error":{"code":-1}}]',
    '[{"id":0,"result":"a"},{"id":7,"result":"b"}]',
    '[{"id":0,"result":"a"},{"id":null,"result":"b"}]',
    '[{"id":0,"result":"a"},null]',
    '{"error":{"code":-32005}}',
    '[]',
  ])('an answer that lacks one: %s', (body) => {
    expect(read(Buffer.from(body), callsOf(2))).toBeUndefined()
  })
})

test('refuses what is cut off anywhere, and what is no JSON', () => {
  const body = bodyOf([{ from: ['a', null], value: 1 }]).toString()
  for (let length = 0; length < body.length; length++) {
    expect(() => read(Buffer.from(body.slice(0, length)), callsOf(1))).toThrow(JsonFormatError)
  }
  expect(() => read(Buffer.from(`${body}]`), callsOf(1))).toThrow(JsonFormatError)
  expect(() => read(Buffer.from('[{"id":0,"result":nope}]'), callsOf(1))).toThrow(JsonFormatError)
})
