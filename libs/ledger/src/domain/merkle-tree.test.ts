import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inclusionPath, leafOf, merkleRoot, rootOfInclusion } from './merkle-tree.ts'

const hash = (...parts: readonly Uint8Array[]) => {
  const sha256 = createHash('sha256')
  for (const part of parts) sha256.update(part)
  return new Uint8Array(sha256.digest())
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

// Known answers of Certificate Transparency's own tests.
const CONTENTS = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((content) => Buffer.from(content, 'hex'))

test.each([
  [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
])('the root over %i leaves is that of RFC 6962', (count, expected) => {
  const leaves = CONTENTS.slice(0, count).map((content) => leafOf(hash, content))

  expect(hex(merkleRoot(hash, leaves))).toBe(expected)
})

const tree = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 40 })
  .chain((contents) =>
    fc.record({
      contents: fc.constant(contents),
      index: fc.integer({ min: 0, max: contents.length - 1 }),
    }),
  )

test('every leaf is proven by its path, and nothing else is', () => {
  fc.assert(
    fc.property(tree, fc.nat(), ({ contents, index }, other) => {
      const leaves = contents.map((content) => leafOf(hash, content))
      const size = leaves.length
      const leaf = leaves[index] as Uint8Array
      const path = inclusionPath(hash, leaves, index)
      const root = hex(merkleRoot(hash, leaves))
      const leadsTo = (change: object) =>
        hex(rootOfInclusion(hash, { leaf, index, size, path, ...change }) ?? new Uint8Array())

      expect(leadsTo({})).toBe(root)
      expect(leadsTo({ leaf: hash(leaf) })).not.toBe(root)
      expect(leadsTo({ path: path.slice(1) })).not.toBe(size === 1 ? '' : root)
      expect(leadsTo({ path: [...path, leaf] })).not.toBe(root)
      expect(leadsTo({ index: -1 })).toBe('')
      expect(leadsTo({ index: size })).toBe('')
      const elsewhere = other % size
      const isSame = hex(leaves[elsewhere] as Uint8Array) === hex(leaf)
      if (!isSame) expect(leadsTo({ index: elsewhere })).not.toBe(root)
    }),
  )
})
