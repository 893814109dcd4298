import { expect, test } from 'vitest'
import { z } from 'zod'
import { messagingConfig, messagingSettings } from './messaging-settings.ts'

const read = (env: Record<string, string>) =>
  messagingConfig(z.object(messagingSettings).parse(env))

test('is Kafka through kafkajs unless told otherwise, and takes spaces between brokers', () => {
  expect(read({ KAFKA_BROKERS: 'one:9092, two:9092' })).toEqual({
    kind: 'kafka',
    client: 'kafkajs',
    brokers: ['one:9092', 'two:9092'],
    topicPrefix: '',
  })
})

test('takes the other client, and no third', () => {
  const given = { KAFKA_BROKERS: 'one:9092' }

  expect(read({ ...given, KAFKA_CLIENT: 'platformatic' }).client).toBe('platformatic')
  expect(() => read({ ...given, KAFKA_CLIENT: 'librdkafka' })).toThrow(/KAFKA_CLIENT/)
})
