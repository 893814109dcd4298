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
