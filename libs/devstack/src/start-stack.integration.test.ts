import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from './free-port.ts'
import { proveGivenPart } from './given-parts.ts'
import { withClient } from './parts/prove-postgres.ts'
import { proveRedis } from './parts/prove-redis.ts'
import { type Stack, type StackProgress, startStack } from './start-stack.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

/** Shared by everyone, so that Kafka is downloaded once. */
const home = join(import.meta.dirname, '../../../.coffer')

const progress: StackProgress[] = []
let stack: Stack

// The first start downloads Kafka.
beforeAll(async () => {
  stack = await startStack({ home, onProgress: (line) => progress.push(line) })
}, 300_000)

afterAll(async () => stack[Symbol.asyncDispose]())

const rowsOf = (query: string, url = stack.urls.DATABASE_URL) =>
  withClient(url, async (client) => (await client.query(query)).rows)

const adminOf = () =>
  new Kafka({
    brokers: [stack.urls.KAFKA_BROKERS],
    logLevel: logLevel.NOTHING,
    // Of a busy machine its second would ask too much.
    connectionTimeout: 10_000,
  })

async function rpc(method: string, params: unknown[] = []): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(stack.urls.RPC_URLS, { method: 'POST', headers, body })
  return ((await response.json()) as { result: unknown }).result
}

test('every part is told of as ready once', () => {
  const ready = progress.filter(({ state }) => state === 'ready').map(({ part }) => part)
  expect(ready.toSorted()).toEqual(['anvil', 'kafka', 'postgres', 'redis'])
})

test('PostgreSQL 18 makes commits durable and listens on 127.0.0.1 alone', async () => {
  const [row] = await rowsOf(`
    select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('listen_addresses') as addresses, current_database() as database`)
  expect(row).toMatchObject({ fsync: 'on', addresses: '127.0.0.1', database: 'coffer' })
  expect(row?.version).toMatch(/^18\./)
})

test('PostgreSQL of tests need not wait for the disk', async () => {
  await using quick = await startStack({ parts: ['postgres'], isDurable: false })
  const [row] = await rowsOf(
    "select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages",
    quick.urls.DATABASE_URL,
  )
  expect(row).toEqual({ fsync: 'off', pages: 'off' })
})

test('PostgreSQL killed and started again has what was committed, on the same port', async () => {
  await rowsOf('create table kept (amount numeric(78, 0))')
  await rowsOf('insert into kept values (1)')
  const { pid } = stack.part('postgres')
  await stack.part('postgres').kill()

  await stack.part('postgres').start()

  expect(await rowsOf('select amount from kept')).toEqual([{ amount: '1' }])
  expect(stack.part('postgres').pid).not.toBe(pid)
}, 60_000)

test('Kafka killed and started again has the message it acknowledged', async () => {
  const kafka = adminOf()
  const admin = kafka.admin()
  const producer = kafka.producer({ idempotent: true })
  await Promise.all([admin.connect(), producer.connect()])
  await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] })
  await producer.send({ topic: 'kept', acks: -1, messages: [{ key: 'a', value: 'b' }] })
  await Promise.all([admin.disconnect(), producer.disconnect()])

  await stack.part('kafka').kill()
  await stack.part('kafka').start()

  const later = adminOf().admin()
  await later.connect()
  const offsets = await later.fetchTopicOffsets('kept')
  await later.disconnect()
  expect(offsets).toMatchObject([{ partition: 0, low: '0', high: '1' }])
}, 60_000)

test('Kafka makes no topic that nobody asked for', async () => {
  const producer = adminOf().producer({ retry: { retries: 0 } })
  await producer.connect()
  const sending = producer.send({ topic: 'misspelt', messages: [{ value: 'a' }] })
  await expect(sending).rejects.toThrow(/does not host this topic-partition/)
  await producer.disconnect()
})

test('Redis appends to a file, refuses to evict, and keeps its keys over a restart', async () => {
  const before = new Redis(stack.urls.REDIS_URL)
  await before.set('kept', '1')
  const settings = await before.config('GET', 'maxmemory-policy')
  before.disconnect()
  await stack.part('redis').stop()
  await stack.part('redis').start()

  const after = new Redis(stack.urls.REDIS_URL)
  expect(await after.get('kept')).toBe('1')
  after.disconnect()
  expect(settings).toContain('noeviction')
})

test('Anvil stopped in order and started again has its chain', async () => {
  await rpc('anvil_mine', ['0x5'])
  await stack.part('anvil').stop()
  await stack.part('anvil').start()
  expect(await rpc('eth_blockNumber')).toBe('0x5')
})

test('a suspended part can be resumed, and stopped without that', async () => {
  const redis = stack.part('redis')
  await redis.kill('SIGSTOP')
  await redis.kill('SIGCONT')
  await expect(proveRedis(stack.urls.REDIS_URL)).resolves.toEqual({ pid: redis.pid })
  await redis.kill('SIGSTOP')
  await redis.stop()
  await expect(proveRedis(stack.urls.REDIS_URL)).rejects.toThrow()
  await redis.start()
})

test('a part that was given is used as it is and still runs afterwards', async () => {
  const { REDIS_URL } = stack.urls
  const lines: StackProgress[] = []
  const second = await startStack({
    home,
    parts: ['redis', 'anvil'],
    given: { REDIS_URL },
    onProgress: (line) => lines.push(line),
  })
  expect(second.urls.REDIS_URL).toBe(REDIS_URL)
  expect(lines).toContainEqual(expect.objectContaining({ part: 'redis', state: 'given' }))
  expect(() => second.part('redis')).toThrow(/has not started redis/)
  await second[Symbol.asyncDispose]()
  await expect(proveRedis(REDIS_URL)).resolves.toEqual({ pid: stack.part('redis').pid })
})

test('a given part that does not answer is named by its variable', async () => {
  const url = `redis://127.0.0.1:${await freePort()}`
  const failure = await proveGivenPart('redis', url, 0).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'DEVSTACK_GIVEN_PART' })
  expect(String(failure)).toContain('REDIS_URL is set, but no redis answers there')
})

test('everything missing is said at once, each with its choices', async () => {
  await using folder = await temporaryFolder()
  const starting = startStack({
    home: folder.path,
    parts: ['kafka', 'redis'],
    run: async () => 'missing',
  })
  const failure = await starting.catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'DEVSTACK_FAILED' })
  const lines = (failure as Error).message.split('\n')
  expect(lines).toEqual([
    expect.stringMatching(/^Kafka needs Java 17\+ with Maven .* or KAFKA_BROKERS set/),
    expect.stringMatching(/^Redis needs redis-server or valkey-server .* or REDIS_URL set/),
  ])
})
