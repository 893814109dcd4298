import { silentLogger } from '@coffer/telemetry/logger'
import { testTopics } from '@coffer/testkit/test-topics'
import { expect, test } from 'vitest'
import { openMessaging } from './open-messaging.ts'
import { topicUnderTest } from './testing/kafka-under-test.ts'
import { CONTRACT_TOPIC, readUntil } from './testing/messaging-contract.ts'

test.each(['kafkajs', 'platformatic'] as const)('sends and reads through %s', async (client) => {
  await using topics = await testTopics([topicUnderTest(CONTRACT_TOPIC)])
  const messaging = await openMessaging({
    ...topics,
    ...{ kind: 'kafka', client, clientId: 'test', logger: silentLogger },
  })
  await using producer = await messaging.producer()

  await producer.publish([{ topic: CONTRACT_TOPIC, key: 'alice', headers: {}, value: 'a' }])

  const reader = { group: 'readers', topics: [CONTRACT_TOPIC], batchSizeMax: 10 }
  const seen = await readUntil(messaging.consumer(reader), (all) => all.length > 0)
  expect(seen.map(({ value }) => value)).toEqual(['a'])
})
