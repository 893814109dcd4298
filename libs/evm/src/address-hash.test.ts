import { expect, test } from 'vitest'
import { addressHash } from './address-hash.ts'

test('is HalfSipHash-1-3: the bytes 0 to 19 under the key 0 to 7', () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, index) => index)

  // From the Linux kernel's test vectors, lib/tests/siphash_kunit.c.
  expect(addressHash(new Int32Array(bytes.buffer), 0x03020100, 0x07060504) >>> 0).toBe(0x911bb605)
})
