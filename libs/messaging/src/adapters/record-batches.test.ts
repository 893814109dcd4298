import { createRecordsBatch } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import type { Delivery } from '../ports.ts'
import { deliveryOf, emptyMessage } from '../raw-message.ts'
import { offsetBehind, tellRecords } from './record-batches.ts'

const TOPIC = 'topic'

type Batch = Parameters<typeof createRecordsBatch>[1] & { first: number; values: string[] }

/** A batch as a broker stores it. */
function batch({ first, values, ...options }: Batch): Buffer {
  const messages = values.map((value, place) => ({
    topic: TOPIC,
    key: Buffer.from(`key ${place}`),
    value: Buffer.from(value),
    headers: new Map([[Buffer.from('ce_id'), Buffer.from(`${value} ✓`)]]),
  }))
  const bytes = Buffer.from(createRecordsBatch(messages, options).buffer)
  bytes.writeBigInt64BE(BigInt(first))
  return bytes
}

function told(bytes: Buffer, { from = 0, to = 1_000 } = {}): Delivery[] {
  const deliveries: Delivery[] = []
  tellRecords({ partition: 2, bytes, from, to }, emptyMessage(), (each) =>
    deliveries.push(deliveryOf(each, TOPIC)),
  )
  return deliveries
}

const valuesOf = (deliveries: readonly Delivery[]) => deliveries.map(({ value }) => value)

test('tells the messages of batches in order, with their offsets', () => {
  const bytes = Buffer.concat([
    batch({ first: 5, values: ['one', 'two'] }),
    batch({ first: 9, values: ['x'.repeat(70_000)], compression: 'gzip' }),
  ])

  const deliveries = told(bytes)

  expect(deliveries.map(({ offset }) => offset)).toEqual(['5', '6', '9'])
  expect(deliveries[1]).toEqual({
    topic: TOPIC,
    partition: 2,
    offset: '6',
    key: 'key 1',
    headers: { ce_id: 'two ✓' },
    value: 'two',
  })
  expect(deliveries[2]?.value).toHaveLength(70_000)
  expect(offsetBehind(bytes)).toBe(10n)
})

test('tells none before or behind what is wanted, nor of a batch that is cut off', () => {
  const bytes = Buffer.concat([
    batch({ first: 0, values: ['a', 'b', 'c'] }),
    batch({ first: 3, values: ['d'] }).subarray(0, -1),
  ])

  expect(valuesOf(told(bytes, { from: 1, to: 2 }))).toEqual(['b'])
  expect(valuesOf(told(bytes))).toEqual(['a', 'b', 'c'])
  expect(offsetBehind(bytes)).toBe(3n)
})

test('passes over a batch whose bytes are not those that were stored', () => {
  const changed = batch({ first: 0, values: ['a', 'b'] })
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1

  expect(valuesOf(told(Buffer.concat([changed, batch({ first: 2, values: ['c'] })])))).toEqual([
    'c',
  ])
})
