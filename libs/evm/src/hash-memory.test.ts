import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HASH_BYTES, HASH_MEMORY_FIRST, hashMemory, UNHEX_MIN_BYTES } from './hash-memory.ts'
import { keccak256 } from './keccak.ts'

const AT = 2_048
const TO = 4_096

test('hashes in place, and keeps what was written when it grows', () => {
  const memory = hashMemory()
  const at = HASH_MEMORY_FIRST + HASH_BYTES
  memory.bytes.write('abc', at, 'latin1')
  memory.reserve(500_000)
  memory.hash(at, 3, HASH_MEMORY_FIRST)

  expect(memory.bytes.length).toBeGreaterThanOrEqual(500_000)
  expect(memory.bytes.subarray(HASH_MEMORY_FIRST, at)).toEqual(
    Buffer.from(keccak256(Buffer.from('abc'))),
  )
})

describe('unhex', () => {
  const memory = hashMemory()

  function unhex(text: string): Buffer | undefined {
    memory.bytes.fill(0xee, TO, TO + 512)
    memory.bytes.write(text, AT, 'latin1')
    const isHex = memory.unhex(AT, text.length / 2, TO)
    return isHex ? Buffer.from(memory.bytes.subarray(TO, TO + text.length / 2)) : undefined
  }

  test('decodes bytes of any number, in either letter case, and no byte more', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: UNHEX_MIN_BYTES, maxLength: 300 }),
        fc.boolean(),
        (bytes, isUpper) => {
          const text = Buffer.from(bytes).toString('hex')

          expect(unhex(isUpper ? text.toUpperCase() : text)).toEqual(Buffer.from(bytes))
          expect(memory.bytes[TO + bytes.length]).toBe(0xee)
        },
      ),
    )
  })

  test('tells every other character, wherever it stands', () => {
    for (let code = 0; code < 256; code++) {
      const character = String.fromCharCode(code)
      for (const place of [0, 15, 16, 39]) {
        const text = `${'0'.repeat(place)}${character}${'0'.repeat(39 - place)}`

        expect(unhex(text) !== undefined).toBe(/[0-9a-fA-F]/.test(character))
      }
    }
  })
})
