import { blockProof } from '@coffer/evm/block-proof'
import { expect, test } from 'vitest'
import { sampleBlocks } from './sample-blocks.ts'
import { verify } from './verify.ts'

test('what is measured by is proven as the blocks of a chain are', () => {
  const [first, second] = sampleBlocks({ blocks: 2, tokens: 3, native: 1 })
  const [one, other] = [first, second] as const

  expect(one && blockProof(one.header, one.receipts)).toEqual([])
  expect(one && other && blockProof(one.header, other.receipts)).not.toEqual([])
})

test('the benchmark of proving runs, and tells how long each part takes', async () => {
  const { microsecondsPerBlock } = await verify({ count: 10 })

  const parts = ['parse', 'bloom', 'receiptsRoot', 'headerHash', 'read', 'readAndProve']
  expect(Object.keys(microsecondsPerBlock)).toEqual([...parts, 'receiptsRootByMpt'])
  expect(Object.values(microsecondsPerBlock).every((each) => each > 0)).toBe(true)
})
