import { expect, test } from 'vitest'
import { memoryBroker } from './adapters/memory-broker.ts'
import { type RelayOutbox, relayNext } from './relay-next.ts'
import { memoryOutbox } from './testing/memory-outbox.ts'
import { message, TOPIC } from './testing/outbox-under-test.ts'

const leaseMs = 60_000

test('goes on after it could not read ahead', async () => {
  const broker = memoryBroker({ partitions: 1 })
  const outbox = memoryOutbox({ leaseMs })
  outbox.enqueue(['a', 'b', 'c', 'd'].map((value) => message(value)))
  const rows = outbox.relay(TOPIC, { holder: 'one', batchSize: 1 })
  let failures = 0
  const failing: RelayOutbox<Awaited<ReturnType<typeof rows.readNext>>['rows'][number]> = {
    ...rows,
    async readNext(last) {
      const isAhead = last !== undefined
      if (isAhead && failures++ === 0) throw new Error('The connection was cut.')
      return await rows.readNext(last)
    },
  }
  const step = relayNext({ outbox: failing, producer: broker.producer(), leaseMs })

  expect(await step()).toBe('busy')
  await expect(step()).rejects.toThrow('cut')
  while ((await step()) === 'busy');

  expect(broker.messages(TOPIC).map(({ value }) => value)).toEqual(['a', 'b', 'c', 'd'])
})

test('reads anew what it had read ahead, when its lease has run out since', async () => {
  const shortLeaseMs = 20
  const broker = memoryBroker({ partitions: 1 })
  const outbox = memoryOutbox({ leaseMs: shortLeaseMs })
  outbox.enqueue(['a', 'b', 'c', 'd'].map((value) => message(value)))
  const producer = broker.producer()
  const relayOf = (holder: string) =>
    relayNext({
      outbox: outbox.relay(TOPIC, { holder, batchSize: 1 }),
      producer,
      leaseMs: shortLeaseMs,
    })
  const [one, other] = [relayOf('one'), relayOf('other')]
  const begin = performance.now()

  expect(await one()).toBe('busy')
  await expect.poll(() => performance.now() - begin, { interval: 5 }).toBeGreaterThan(shortLeaseMs)
  outbox.endLease(TOPIC)
  while ((await other()) === 'busy');
  outbox.endLease(TOPIC)
  while ((await one()) === 'busy');

  expect(broker.messages(TOPIC).map(({ value }) => value)).toEqual(['a', 'b', 'c', 'd'])
})

test('waits for others after it published fewer than it might have, and only then', async () => {
  const broker = memoryBroker({ partitions: 1 })
  const outbox = memoryOutbox({ leaseMs })
  outbox.enqueue(['a', 'b', 'c'].map((value) => message(value)))
  const relay = outbox.relay(TOPIC, { holder: 'one', batchSize: 2 })
  const step = (lingerMs: number) =>
    relayNext({ outbox: relay, producer: broker.producer(), leaseMs, lingerMs })

  expect(await step(leaseMs)()).toBe('busy')
  const began = performance.now()
  expect(await step(30)()).toBe('busy')

  expect(performance.now() - began).toBeGreaterThanOrEqual(29)
  expect(broker.messages(TOPIC).map(({ value }) => value)).toEqual(['a', 'b', 'c'])
})
