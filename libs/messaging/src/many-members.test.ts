import { expect, test } from 'vitest'
import { memoryBroker } from './adapters/memory-broker.ts'
import { manyMembers } from './many-members.ts'
import type { Consumer } from './ports.ts'

const message = (key: string, value: string) => ({ topic: 't', key, headers: {}, value })

test('handles for several members at the same time, and each key in order', async () => {
  const broker = memoryBroker({ partitions: 4 })
  const keys = ['a', 'b', 'c', 'd', 'e', 'f']
  const sent = Array.from({ length: 60 }, (_, place) => message(keys[place % 6] ?? '', `${place}`))
  await broker.producer().publish(sent)
  const stop = new AbortController()
  const handled: { key: string; value: string }[] = []
  const bothAreIn = Promise.withResolvers<void>()
  let inside = 0
  const consumer = manyMembers(2, () =>
    broker.consumer({ group: 'g', topics: ['t'], batchSizeMax: 5 }),
  )

  await consumer.run(async (deliveries) => {
    inside += 1
    if (inside === 2) bothAreIn.resolve()
    await bothAreIn.promise
    inside -= 1
    handled.push(...deliveries.map(({ key, value }) => ({ key, value })))
    if (handled.length >= sent.length) stop.abort()
  }, stop.signal)

  const byKey = Map.groupBy(handled, ({ key }) => key)
  for (const key of keys) {
    const values = byKey.get(key)?.map(({ value }) => Number(value)) ?? []
    expect(values).toEqual(values.toSorted((one, other) => one - other))
    expect(values).toHaveLength(10)
  }
})

test('ends all members with the one that fails', async () => {
  const failing: Consumer = { run: () => Promise.reject(new Error('broken')) }
  const patient: Consumer = {
    run: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  }
  const members = [patient, failing]

  const running = manyMembers(2, () => members.pop() ?? patient).run(
    async () => undefined,
    new AbortController().signal,
  )

  await expect(running).rejects.toThrow('broken')
})
