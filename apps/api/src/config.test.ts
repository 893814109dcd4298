import { expect, test } from 'vitest'
import { apiConfig } from './config.ts'

const given = { DATABASE_URL: 'postgres://user@127.0.0.1/coffer', API_KEY: 'sixteen-letters!' }

test('needs a database and a key, and knows the rest', () => {
  expect(apiConfig(given)).toMatchObject({
    ...given,
    API_KEY: ['sixteen-letters!'],
    API_HOST: '127.0.0.1',
    API_PORT: 4000,
    HEAD_AGE_MAX_SECONDS: 60,
    LOG_LEVEL: 'info',
    MESSAGING: 'kafka',
    KAFKA_CLIENT: 'kafkajs',
    TOPIC_PREFIX: '',
    messaging: undefined,
  })
})

test('knows the broker where dead letters lie, if it is told', () => {
  const { messaging } = apiConfig({ ...given, KAFKA_BROKERS: 'one:9092, two:9092' })

  expect(messaging).toMatchObject({ brokers: ['one:9092', 'two:9092'], topicPrefix: '' })
})

test('reads several keys', () => {
  const API_KEY = 'first-key-of-sixteen, second-key-of-sixteen'

  expect(apiConfig({ ...given, API_KEY }).API_KEY).toEqual([
    'first-key-of-sixteen',
    'second-key-of-sixteen',
  ])
})

test.each([
  ['API_KEY', undefined, 'without one the API does not start'],
  ['API_KEY', '', 'without one the API does not start'],
  ['API_KEY', 'seven77', '8 characters'],
  ['API_KEY', 'first-key,', '8 characters'],
  ['API_KEY', 'a key of letters', '8 characters'],
  ['API_PORT', '65536', 'API_PORT'],
  ['API_PORT', 'http', 'API_PORT'],
  ['DATABASE_URL', 'mysql://host/db', 'DATABASE_URL'],
  ['APPROVER_KEYS', 'ada=only-ada-has-it', 'a key of the role operator'],
  ['CORS_ORIGINS', '*', 'none is *'],
  ['CORS_ORIGINS', 'https://shop.example/', 'without a path'],
  ['REQUEST_SIGNING_KEY', 'short', '32 bytes'],
  ['RATE_LIMIT_PER_MINUTE', '-1', 'RATE_LIMIT_PER_MINUTE'],
  ['TRUSTED_PROXIES', '10.0.0.0/8, proxy.example', 'addresses or networks'],
  ['TRUSTED_PROXIES', '10.0.0.0/33', 'addresses or networks'],
  ['HEAD_AGE_MAX_SECONDS', '-1', 'HEAD_AGE_MAX_SECONDS'],
])('refuses %s = %j', (name, value, words) => {
  expect(() => apiConfig({ ...given, [name]: value })).toThrow(words)
})
