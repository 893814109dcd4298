import { describe, expect, test } from 'vitest'
import { type HeaderJson, headerHash } from './header-hash.ts'
import { HexError } from './hex-error.ts'
import * as known from './testing/known-headers.ts'

const LATEST: HeaderJson = known.ETHEREUM_24630100

describe('of real headers', () => {
  test.each(Object.entries(known))('%s is what the header names', (_, header) => {
    expect(headerHash(header)).toBe(header.hash)
  })

  test('is the same without the fields that are not hashed', () => {
    const { hash, size, uncles, ...hashed } = known.ETHEREUM_24630100

    expect([size, uncles, headerHash(hashed)]).toEqual(['0x2a8a9', [], hash])
  })

  test('takes a field that is null for one that is missing', () => {
    expect(headerHash({ ...known.ETHEREUM_1, baseFeePerGas: null })).toBe(known.ETHEREUM_1.hash)
  })
})

describe('is another one', () => {
  const fields = Object.keys(LATEST).filter((name) => !['hash', 'size', 'uncles'].includes(name))

  test.each(fields)('once %s has another last digit', (name) => {
    const text = String(LATEST[name])
    const digit = text.endsWith('1') ? '2' : '1'
    const hash = headerHash({ ...LATEST, [name]: text.slice(0, -1) + digit })

    expect(hash).toMatch(/^0x[0-9a-f]{64}$/)
    expect(hash).not.toBe(LATEST['hash'])
  })

  test('once the last fork is left out, or the next one is there', () => {
    const later = { blockAccessListHash: LATEST['parentHash'], slotNumber: '0x5' }
    const headers = [
      { ...LATEST, requestsHash: undefined },
      { ...LATEST, ...later },
    ]

    const hashes = new Set(headers.map(headerHash))

    expect(hashes.size).toBe(2)
    expect(hashes).not.toContain(undefined)
    expect(hashes).not.toContain(LATEST['hash'])
  })
})

describe('can not be told', () => {
  test('when a field that is not known may have been hashed', () => {
    const header = { ...LATEST, gasUsed: '0x1', extDataHash: `0x${'0'.repeat(64)}` }

    expect(headerHash(header)).toBeUndefined()
  })

  test.each(['mixHash', 'baseFeePerGas', 'excessBlobGas'])('without %s', (name) => {
    expect(headerHash({ ...LATEST, [name]: undefined })).toBeUndefined()
  })
})

test('unknown fields that are not hashed do no harm', () => {
  expect(headerHash({ ...LATEST, author: '0x00' })).toBe(LATEST['hash'])
})

test.each([
  ['stateRoot', '0x12'],
  ['miner', ''],
  ['number', '0x'],
  ['number', '12'],
  ['gasUsed', '0xfg'],
  ['extraData', '0x123'],
  ['nonce', `0x${'é'.repeat(16)}`],
])('refuses %s %j', (name, value) => {
  expect(() => headerHash({ ...LATEST, [name]: value })).toThrow(HexError)
})
