import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AddressSet, addressSet } from './address-set.ts'
import { type AddressTable, ASKED, addressTable, FOUND } from './address-table.ts'

const SMALL = `0x${'1'.repeat(40)}`

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

/** The digits of addresses as they lie in an answer: here and there, between other text. */
function told(texts: readonly string[], gap = 7): { bytes: Buffer; places: number[] } {
  const before = '~'.repeat(gap)
  const places = texts.map((_, index) => index * (gap + 42) + gap + 2)
  return { bytes: Buffer.from(texts.map((text) => before + text).join(''), 'latin1'), places }
}

function setOf(texts: readonly string[]): AddressSet {
  const set = addressSet()
  set.add(Buffer.concat(texts.map(bytesOf)))
  return set
}

test('answers what a set of strings answers, for one and for many', () => {
  fc.assert(
    fc.property(addresses, addresses, fc.nat(9), fc.boolean(), (added, asked, gap, isUpper) => {
      const set = addressSet()
      const model = new Set<string>()

      for (const address of added) {
        expect(set.add(bytesOf(address))).toBe(model.has(address) ? 0 : 1)
        model.add(address)
        expect(set.size).toBe(model.size)
      }

      const all = [...added, ...asked]
      const expected = all.flatMap((address, index) => (model.has(address) ? [index] : []))
      const written = all.map((text) => (isUpper ? `0x${text.slice(2).toUpperCase()}` : text))
      const { bytes, places } = told(written, gap)
      expect(set.among(bytes, places)).toEqual(expected)
      expect(all.flatMap((address, index) => (set.has(address) ? [index] : []))).toEqual(expected)
    }),
  )
})

test('adds many at once, of which some come twice', () => {
  fc.assert(
    fc.property(addresses, addresses, (first, second) => {
      const set = setOf(first)
      const added = set.add(Buffer.concat(second.map(bytesOf)))

      expect(set.size).toBe(new Set([...first, ...second]).size)
      expect(added).toBe(set.size - new Set(first).size)
    }),
  )
})

test('finds every address however often it has grown, and no other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40_000 }), fc.nat(), fc.nat(4), (count, start, word) => {
      const set = addressSet()
      const bytes = Buffer.alloc(2 * count * 20)
      for (let number = 0; number < 2 * count; number += 1) {
        bytes.writeUInt32LE((start + number) % 2 ** 32, number * 20 + word * 4)
      }
      for (let from = 0; from < count; from += 1_000) {
        set.add(bytes.subarray(from * 20, Math.min(from + 1_000, count) * 20))
      }

      const places = Array.from({ length: 2 * count }, (_, index) => index * 40)
      const found = set.among(Buffer.from(bytes.toString('hex')), places)

      expect(set.size).toBe(count)
      expect(found).toEqual(Array.from({ length: count }, (_, index) => index))
    }),
    { numRuns: 20 },
  )
})

test('takes at most 28 bytes for each of many addresses', () => {
  const set = addressSet()
  const bytes = Buffer.alloc(20_000)
  const ratios: number[] = []

  for (let number = 0; number < 300_000; number += 1) {
    bytes.writeUInt32LE(number, (number % 1_000) * 20)
    if (number % 1_000 < 999) continue
    set.add(bytes)
    if (number > 150_000) ratios.push(set.bytes / set.size)
  }

  expect(set.size).toBe(300_000)
  expect(Math.max(...ratios)).toBeLessThan(28)
})

test('is hashed under another key each time', () => {
  const texts = Array.from({ length: 64 }, (_, index) => `0x${String(index).padStart(40, '0')}`)
  const [one, other] = [addressTable(), addressTable()]
  for (const { bytes } of [one, other]) bytes.set(Buffer.concat(texts.map(bytesOf)), ASKED)

  one.find(64)
  other.find(64)

  const slots = ({ bytes }: AddressTable) => Buffer.from(bytes.slice(FOUND, FOUND + 64 * 8))
  expect(slots(one)).not.toEqual(slots(other))
})

test('reads letter case as one', () => {
  const set = setOf([`0x${'ab'.repeat(20)}`])

  expect(set.has(`0x${'Ab'.repeat(20)}`)).toBe(true)
  expect(set.among(Buffer.from('aB'.repeat(20)), [0])).toEqual([0])
})

test.each([
  '',
  '0x',
  SMALL.slice(2),
  SMALL.slice(0, -1),
  `${SMALL}1`,
  `0X${'1'.repeat(40)}`,
  `0x${'g'.repeat(40)}`,
  `0x${'1'.repeat(39)}/`,
  `0x${'1'.repeat(39)}\u0131`,
  ` 0x${'1'.repeat(39)}`,
])('%j is no address: never in the set', (text) => {
  expect(setOf([SMALL]).has(text)).toBe(false)
})

test('finds the others where some are no hex digits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(random, fc.nat(39), fc.constantFrom('', '/', 'g', '"', '\0', 'ÿ')), {
        maxLength: 150,
      }),
      (asked) => {
        const set = setOf(asked.map(([address]) => address))
        const { bytes, places } = told(
          asked.map(([address, at, other]) =>
            other ? address.slice(0, at + 2) + other + address.slice(at + 3) : address,
          ),
        )

        expect(set.among(bytes, places)).toEqual(
          asked.flatMap(([, , other], index) => (other ? [] : [index])),
        )
      },
    ),
  )
})

test('refuses digits that are not there, and bytes that make up no address', () => {
  const set = addressSet()
  const bytes = Buffer.from(SMALL)

  expect(set.among(bytes, [2])).toEqual([])
  expect(() => set.among(bytes, [3])).toThrow(RangeError)
  expect(() => set.among(bytes, [2, -1])).toThrow(RangeError)
  expect(() => set.add(Buffer.alloc(39))).toThrow(RangeError)
  expect(set.size).toBe(0)
})
