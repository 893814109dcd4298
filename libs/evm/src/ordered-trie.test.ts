import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NODE_EXTRA_BYTES, orderedRoot, orderedTrie } from './ordered-trie.ts'
import { rewind, writeBytes } from './rlp-tape.ts'
import { mptRoot } from './testing/mpt-roots.ts'
import { transactionsRoot } from './transactions-root.ts'

const trie = orderedTrie()

function rootOf(values: readonly Uint8Array[]): string {
  return orderedRoot(trie, values.length, (tape, index) => {
    const value = values[index] as Uint8Array
    rewind(tape, value.length + NODE_EXTRA_BYTES)
    writeBytes(tape, value, 0, value.length)
  })
}

/** Values of every length that matters: below 32 bytes a node stands in its parent unhashed. */
const value = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 4 }),
  fc.uint8Array({ minLength: 20, maxLength: 70 }),
  fc.uint8Array({ minLength: 250, maxLength: 300 }),
)

test('of nothing is the known root', async () => {
  expect(rootOf([])).toBe(await mptRoot([]))
})

test('of anything is the root that a general library finds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 40 }), async (values) => {
      expect(rootOf(values)).toBe(await mptRoot(values))
    }),
  )
})

test.each([1, 2, 15, 16, 17, 126, 127, 128, 129, 130, 255, 256, 257, 300, 4_113])(
  'of %d values is the root that a general library finds',
  async (count) => {
    const values = Array.from({ length: count }, (_, index) =>
      Uint8Array.from({ length: 1 + (index % 40) }, (_byte, at) => (index + at) & 0xff),
    )

    expect(rootOf(values)).toBe(await mptRoot(values))
  },
)

test('takes values larger than its memory', async () => {
  const values = [new Uint8Array(300_000).fill(7), Uint8Array.of(1), new Uint8Array(70_000)]

  expect(rootOf(values)).toBe(await mptRoot(values))
})

test('transactions are taken as they were sent', async () => {
  const raw = Array.from({ length: 5 }, (_, index) => Buffer.alloc(100 + index, index + 1))

  expect(transactionsRoot(raw.map((bytes) => `0x${bytes.toString('hex')}`))).toBe(
    await mptRoot(raw),
  )
})
