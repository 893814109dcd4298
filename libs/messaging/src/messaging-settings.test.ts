import { ConfigError, readConfig } from '@coffer/runtime/read-config'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { messagingConfig, messagingSettings, requireBrokers } from './messaging-settings.ts'

const settings = z.object(messagingSettings).superRefine(requireBrokers)
const read = (env: Record<string, string>) => messagingConfig(readConfig(settings, env))
const kafka = { KAFKA_BROKERS: 'one:9092, two:9092' }
const redis = { REDIS_URL: 'redis://127.0.0.1:6379' }

test('is Kafka through kafkajs unless told otherwise, and takes spaces between brokers', () => {
  expect(read({ ...kafka, ...redis })).toEqual({
    kind: 'kafka',
    client: 'kafkajs',
    publishTimeoutMs: 30_000,
    brokers: ['one:9092', 'two:9092'],
    topicPrefix: '',
  })
})

test('is another client or another broker by one line', () => {
  expect(read({ ...kafka, KAFKA_CLIENT: 'platformatic' })).toMatchObject({ client: 'platformatic' })
  const settings = { MESSAGING: 'redis', TOPIC_PREFIX: 'test.', PUBLISH_TIMEOUT_MS: '5000' }
  expect(read({ ...redis, ...settings })).toEqual({
    kind: 'redis',
    url: 'redis://127.0.0.1:6379',
    publishTimeoutMs: 5_000,
    topicPrefix: 'test.',
  })
})

test('knows both brokers during a move', () => {
  const config = read({ ...kafka, ...redis, MESSAGING: 'redis', MESSAGING_BEFORE: 'kafka' })

  expect(config).toMatchObject({ kind: 'redis', before: { kind: 'kafka', client: 'kafkajs' } })
})

test.each([
  ['KAFKA_CLIENT', { ...kafka, KAFKA_CLIENT: 'librdkafka' }],
  ['MESSAGING', { ...kafka, MESSAGING: 'memory' }],
  ['KAFKA_BROKERS', redis],
  ['REDIS_URL', { ...kafka, MESSAGING: 'redis' }],
  ['REDIS_URL', { ...kafka, MESSAGING: 'redis', REDIS_URL: '127.0.0.1:6379' }],
  ['REDIS_URL', { ...kafka, MESSAGING_BEFORE: 'redis' }],
  ['MESSAGING_BEFORE', { ...kafka, MESSAGING_BEFORE: 'kafka' }],
])('names %s when it is wrong or missing', (name, env) => {
  expect(() => read(env)).toThrow(ConfigError)
  expect(() => read(env)).toThrow(new RegExp(`\\n  ${name}: `))
})
