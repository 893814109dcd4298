import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { describe, expect, test } from 'vitest'
import { kafkaUnderTest, topicUnderTest } from '../testing/kafka-under-test.ts'
import { LOG_TOPIC, messageLogContract } from '../testing/message-log-contract.ts'
import { kafkaLog } from './kafka-log.ts'
import { LogReadError } from './log-read-error.ts'

const open = async () => {
  const { KAFKA_BROKERS } = stackUrls()
  const kafka = await kafkaUnderTest(KAFKA_BROKERS, [topicUnderTest(LOG_TOPIC)])
  const { producer, topicPrefix } = kafka
  const log = kafkaLog({
    ...{ brokers: KAFKA_BROKERS.split(','), clientId: 'test', logger: silentLogger, topicPrefix },
  })
  return {
    producer,
    log,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]()
      await kafka[Symbol.asyncDispose]()
    },
  }
}

describe('Kafka shows what it holds:', () => messageLogContract(open))

test('says in bounded time that no broker answers', async () => {
  await using log = kafkaLog({
    // The discard service, which no machine of today runs.
    ...{ brokers: ['127.0.0.1:9'], clientId: 'test', logger: silentLogger, timeoutMs: 2_000 },
  })

  await expect(log.extents(LOG_TOPIC)).rejects.toThrow(LogReadError)
})
