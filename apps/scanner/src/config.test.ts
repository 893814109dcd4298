import { ConfigError } from '@coffer/runtime/read-config'
import { expect, test } from 'vitest'
import { scannerConfig } from './config.ts'

const given = { DATABASE_URL: 'postgres://127.0.0.1/coffer', KAFKA_BROKERS: '127.0.0.1:9092' }

test('needs the database and the brokers only', () => {
  expect(scannerConfig(given)).toMatchObject({
    DATABASE_URL: 'postgres://127.0.0.1/coffer',
    HEALTH_PORT: 4001,
    LOG_LEVEL: 'info',
    follow: { pollMs: 100, leaseMs: 3_000, chunkBlocks: 50, chunksMax: 4 },
    messaging: { kind: 'kafka', brokers: ['127.0.0.1:9092'], topicPrefix: '' },
  })
})

test('a standby takes over within five seconds of silence, by its defaults', () => {
  const { follow, relay } = scannerConfig(given)

  expect(follow.leaseMs + follow.pollMs).toBeLessThanOrEqual(5_000)
  expect(relay.leaseMs).toBeLessThanOrEqual(5_000)
})

test('reads every setting, and brokers with spaces between them too', () => {
  const config = scannerConfig({
    ...given,
    KAFKA_BROKERS: 'one:9092, two:9092',
    TOPIC_PREFIX: 'test.',
    CHUNK_BLOCKS: '7',
    LEASE_MS: '500',
  })

  expect(config.messaging).toMatchObject({
    brokers: ['one:9092', 'two:9092'],
    topicPrefix: 'test.',
  })
  expect(config.follow).toMatchObject({ chunkBlocks: 7, leaseMs: 500 })
  expect(config.relay.leaseMs).toBe(500)
})

test.each([
  ['DATABASE_URL', 'mysql://127.0.0.1/coffer'],
  ['DATABASE_URL', ''],
  ['KAFKA_BROKERS', ''],
  ['HEALTH_PORT', '65536'],
  ['LOG_LEVEL', 'loud'],
  ['POLL_MS', '0'],
  ['LEASE_MS', '1.5'],
  ['CHUNK_BLOCKS', '0'],
  ['CHUNK_BLOCKS', '1001'],
  ['CHUNKS_MAX', 'many'],
  ['RELAY_BATCH_MAX', '-1'],
])('names %s when it is %j', (name, value) => {
  const read = () => scannerConfig({ ...given, [name]: value })

  expect(read).toThrow(ConfigError)
  expect(read).toThrow(new RegExp(`\\n  ${name}: `))
})
