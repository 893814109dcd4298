import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { describe, expect, test } from 'vitest'
import { topicUnderTest } from '../testing/kafka-under-test.ts'
import { LOG_TOPIC, messageLogContract } from '../testing/message-log-contract.ts'
import { redisUnderTest } from '../testing/redis-under-test.ts'
import { LogReadError } from './log-read-error.ts'
import { redisLog } from './redis-log.ts'

const shared = { clientId: 'test', logger: silentLogger }

describe('Redis Streams show what they hold:', () =>
  messageLogContract(async () => {
    const url = stackUrls().REDIS_URL
    const redis = await redisUnderTest(url, [topicUnderTest(LOG_TOPIC)])
    const { producer, topicPrefix } = redis
    const log = redisLog({ ...shared, url, topicPrefix })
    return { producer, log, [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose]() }
  }))

test('says that no server answers', async () => {
  // The discard service, which no machine of today runs.
  const log = redisLog({ ...shared, url: 'redis://127.0.0.1:9' })

  await expect(log.extents(LOG_TOPIC)).rejects.toThrow(LogReadError)
})
