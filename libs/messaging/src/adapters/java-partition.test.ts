import { compatibilityPartitioner } from '@platformatic/kafka'
import * as fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { expect, test } from 'vitest'
import { javaPartition } from './java-partition.ts'

test('chooses what `BuiltInPartitioner.partitionForKey` of the Java client answers', () => {
  const keys = ['alice', 'bob', '5d2f9c3e-8a41-4c7b-9f00-3b1f6f0f6f11', 'ключ']

  expect(keys.map((key) => javaPartition(key, 12))).toEqual([9, 6, 5, 8])
})

test('chooses what both clients of Kafka choose, for any key', () => {
  const choose = Partitioners.DefaultPartitioner()
  const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({ partitionId }))

  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (key) => {
      const partition = javaPartition(key, 12)
      const given = { topic: 't', message: { key, value: '' }, partitionMetadata }
      expect(choose(given as never)).toBe(partition)
      expect(compatibilityPartitioner({} as never, Buffer.from(key)) % 12).toBe(partition)
    }),
  )
})
