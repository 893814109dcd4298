import { expect, test } from 'vitest'
import { relayStep } from './relay.ts'
import { BrokerMovedError, type RelayBroker, releaseLease } from './relay-lease.ts'
import { enqueueAll, message, stepUntil, TOPIC } from './testing/outbox-under-test.ts'
import { relayUnderTest } from './testing/relay-under-test.ts'

test('takes a topic over from another broker only where it is told to come from there', async () => {
  await using room = await relayUnderTest()
  const { postgres, broker: memory, published } = room
  const relay = (holder: string, broker: RelayBroker) =>
    relayStep({
      ...{ postgres, topic: TOPIC, holder, broker },
      producer: memory.producer(),
      batchSize: 10,
      leaseMs: 60_000,
    })
  const release = (holder: string) => releaseLease({ postgres, topic: TOPIC, holder })
  const kafka = relay('old', { name: 'kafka' })
  await enqueueAll(postgres, [message('a')])
  await stepUntil(kafka, () => published().length >= 1)
  await enqueueAll(postgres, [message('b')])

  const moved = relay('new', { name: 'redis', before: 'kafka' })
  expect(await moved()).toBe('idle')
  await release('old')
  await expect(relay('stray', { name: 'redis' })()).rejects.toThrow(BrokerMovedError)
  await stepUntil(moved, () => published().length >= 2)
  await release('new')

  await expect(kafka()).rejects.toThrow(/Expected MESSAGING=redis; or, to move/)
  await enqueueAll(postgres, [message('c')])
  await stepUntil(relay('later', { name: 'redis' }), () => published().length >= 3)
  expect(published()).toEqual(['a', 'b', 'c'])
})
