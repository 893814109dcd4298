import { enqueueAll, expireLease } from './testing/outbox-under-test.ts'
import { relayContract } from './testing/relay-contract.ts'
import { relayUnderTest } from './testing/relay-under-test.ts'

relayContract(async () => {
  const { postgres, relay, ...room } = await relayUnderTest()
  return {
    enqueue: (messages) => enqueueAll(postgres, messages),
    relay: (holder, { publish }) =>
      relay(holder, {
        producer: { publish, [Symbol.asyncDispose]: async () => undefined },
        batchSize: 2,
      }),
    expireLease: () => expireLease(postgres),
    [Symbol.asyncDispose]: room[Symbol.asyncDispose],
  }
})
