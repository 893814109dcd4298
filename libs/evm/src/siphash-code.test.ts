import { expect, test } from 'vitest'
import { hashKey, sipHashCode } from './siphash-code.ts'
import { wasmModule } from './wasm-module.ts'

declare const WebAssembly: {
  Memory: new (limits: { initial: number }) => { buffer: ArrayBuffer }
  Module: new (code: Uint8Array<ArrayBuffer>) => object
  Instance: new (
    module: object,
    imports: object,
  ) => { exports: { sipHash(at: number, count: number, to: number): void } }
}

const [KEY, AT, TO] = [0, 100, 200]

test('is SipHash-1-3: the bytes 0 to 19 under the key 0 to 15', () => {
  const memory = new WebAssembly.Memory({ initial: 1 })
  const module = new WebAssembly.Module(wasmModule([sipHashCode(KEY)]))
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const bytes = Uint8Array.from({ length: 20 }, (_, index) => index)
  new BigUint64Array(memory.buffer, KEY).set(hashKey(bytes.subarray(0, 16)))
  for (const at of [AT, AT + 20]) new Uint8Array(memory.buffer).set(bytes, at)

  exports.sipHash(AT, 2, TO)

  // From the Linux kernel's test vectors, lib/tests/siphash_kunit.c, which tell the lower half.
  const hashes = new DataView(memory.buffer, TO)
  expect(hashes.getUint32(0, true)).toBe(0xa6cce040)
  expect(hashes.getBigUint64(8, true)).toBe(hashes.getBigUint64(0, true))
})
