import { relayNext } from '../relay-next.ts'
import { memoryOutbox } from './memory-outbox.ts'
import { TOPIC } from './outbox-under-test.ts'
import { relayContract } from './relay-contract.ts'

const leaseMs = 60_000

relayContract(async () => {
  const outbox = memoryOutbox({ leaseMs })
  return {
    enqueue: async (messages) => outbox.enqueue(messages),
    relay: (holder, producer) =>
      relayNext({ outbox: outbox.relay(TOPIC, { holder, batchSize: 2 }), producer, leaseMs }),
    expireLease: async () => outbox.endLease(TOPIC),
    [Symbol.asyncDispose]: async () => undefined,
  }
})
