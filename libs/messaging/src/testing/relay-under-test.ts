import { testDatabase } from '@coffer/testkit/test-database'
import { memoryBroker } from '../adapters/memory-broker.ts'
import { messagingMigrations } from '../migrations.ts'
import type { Producer } from '../ports.ts'
import { relayStep } from '../relay.ts'
import { TOPIC } from './outbox-under-test.ts'

/** A database with an outbox, a broker with one partition, and relays between them. */
export async function relayUnderTest() {
  const database = await testDatabase([messagingMigrations])
  const { postgres } = database
  const broker = memoryBroker({ partitions: 1 })
  return {
    postgres,
    broker,
    published: () => broker.messages(TOPIC).map(({ value }) => value),
    relay: (holder = 'first', options: { producer?: Producer; batchSize?: number } = {}) =>
      relayStep({
        postgres,
        producer: broker.producer(),
        topic: TOPIC,
        holder,
        batchSize: 100,
        leaseMs: 60_000,
        ...options,
      }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
