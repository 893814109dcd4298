import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressSet } from './address-set.ts'

const [SMALL, LARGE] = ['1', 'f'].map((digit) => `0x${digit.repeat(40)}`)

const topicOf = (address: string) => `0x${'0'.repeat(24)}${address.slice(2)}`

const bytesOf = (address: string) => Buffer.from(address.slice(2), 'hex')

/** Addresses that differ in a few bits only, so that many come again and many nearly do. */
const similar = fc
  .tuple(fc.constantFrom('0', '7', 'f'), fc.nat(39), fc.nat(15))
  .map(([fill, at, digit]) => {
    const digits = fill.repeat(40)
    return `0x${digits.slice(0, at)}${digit.toString(16)}${digits.slice(at + 1)}`
  })

const random = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`)

const addresses = fc.array(fc.oneof(similar, random), { maxLength: 300 })

test('answers what a set of strings answers', () => {
  fc.assert(
    fc.property(addresses, addresses, fc.boolean(), (added, asked, asBytes) => {
      const set = addressSet()
      const model = new Set<string>()

      for (const address of added) {
        const isNew = asBytes ? set.addBytes(bytesOf(address), 0) : set.add(address)
        expect(isNew).toBe(!model.has(address))
        model.add(address)
        expect(set.size).toBe(model.size)
      }

      for (const address of [...added, ...asked]) {
        expect(set.has(address)).toBe(model.has(address))
        expect(set.hasTopic(topicOf(address))).toBe(model.has(address))
      }
    }),
  )
})

test('finds every address however often it has grown, and no other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40_000 }), fc.nat(), (count, start) => {
      const set = addressSet()
      const bytes = Buffer.alloc(24)
      const at = (number: number) => bytes.writeUInt32LE(number, 4 + (number % 4) * 4)

      for (let number = 0; number < count; number += 1) {
        bytes.fill(0)
        at(start + number)
        set.addBytes(bytes, 4)
      }

      expect(set.size).toBe(count)
      const found = Array.from({ length: count * 2 }, (_, number) => {
        bytes.fill(0)
        at(start + number)
        return set.has(`0x${bytes.toString('hex', 4)}`)
      })
      expect(found.indexOf(false)).toBe(count)
      expect(found.lastIndexOf(true)).toBe(count - 1)
    }),
    { numRuns: 20 },
  )
})

test('takes at most 28 bytes for each of many addresses', () => {
  const set = addressSet()
  const bytes = Buffer.alloc(20)

  for (let number = 0; number < 200_000; number += 1) {
    bytes.writeUInt32LE(number)
    set.addBytes(bytes, 0)
    if (number > 50_000 && number % 1_000 === 0) expect(set.bytes / set.size).toBeLessThan(28)
  }

  expect(set.size).toBe(200_000)
})

test('reads letter case as one', () => {
  const set = addressSet()

  set.add(`0x${'Ab'.repeat(20)}`)

  expect(set.add(`0x${'aB'.repeat(20)}`)).toBe(false)
  expect(set.has(`0x${'ab'.repeat(20)}`)).toBe(true)
  expect(set.hasTopic(topicOf(`0x${'AB'.repeat(20)}`))).toBe(true)
})

test.each([
  '',
  '0x',
  SMALL?.slice(2) ?? '',
  SMALL?.slice(0, -1) ?? '',
  `${SMALL}1`,
  `0X${'1'.repeat(40)}`,
  `0x${'g'.repeat(40)}`,
  `0x${'1'.repeat(39)}/`,
  `0x${'1'.repeat(39)}\u0131`,
  ` 0x${'1'.repeat(39)}`,
])('%j is no address: never in the set, and not to be added', (text) => {
  const set = addressSet()
  set.add(SMALL ?? '')

  expect(set.has(text)).toBe(false)
  expect(() => set.add(text)).toThrow(RangeError)
  expect(set.size).toBe(1)
})

test('a topic whose padding is not zero, or that is no topic, names no address', () => {
  const set = addressSet()
  set.add(LARGE ?? '')

  expect(set.hasTopic(topicOf(LARGE ?? ''))).toBe(true)
  expect(set.hasTopic(`0x${'0'.repeat(23)}1${'f'.repeat(40)}`)).toBe(false)
  expect(set.hasTopic(`0x${'f'.repeat(64)}`)).toBe(false)
  expect(set.hasTopic(LARGE ?? '')).toBe(false)
  expect(set.hasTopic(`${topicOf(LARGE ?? '')}ff`)).toBe(false)
})

test('refuses bytes that are not there', () => {
  const set = addressSet()

  expect(() => set.addBytes(Buffer.alloc(39), 20)).toThrow(RangeError)
  expect(() => set.addBytes(Buffer.alloc(20), -1)).toThrow(RangeError)
  expect(set.size).toBe(0)
})
