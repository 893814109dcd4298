import { asOne } from '@coffer/postgres/fixed-statement'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { enqueue, owedTogether } from './outbox.ts'
import type { Producer } from './ports.ts'
import { pruneOutbox } from './prune-outbox.ts'
import { relayLag } from './relay-lag.ts'
import {
  enqueueAll,
  expireLease,
  message,
  openTransaction,
  stepUntil,
  TOPIC,
} from './testing/outbox-under-test.ts'
import { relayUnderTest } from './testing/relay-under-test.ts'

/** A producer that stores messages and then fails, as when the process dies before it is told. */
const failingAfterwards = (producer: Producer): Producer => ({
  async publish(messages) {
    await producer.publish(messages)
    throw new Error('died after the acknowledgement')
  },
  [Symbol.asyncDispose]: () => producer[Symbol.asyncDispose](),
})

/** How many statements were sent, but those of transactions. */
function countingLooks(postgres: Postgres): () => number {
  const { execute } = postgres
  let looks = 0
  postgres.execute = ((query) => {
    looks += 1
    return execute(query)
  }) as typeof execute
  return () => looks
}

test('publishes what was committed, with key and headers, and only its own topic', async () => {
  await using room = await relayUnderTest()
  const { postgres, broker, relay } = room
  await enqueueAll(postgres, [message('a', 'bob'), message('other', 'bob', 'another.topic')])

  await stepUntil(relay(), () => broker.messages(TOPIC).length > 0)

  expect(broker.messages(TOPIC)).toEqual([{ ...message('a', 'bob'), partition: 0, offset: '0' }])
  expect(broker.messages('another.topic')).toEqual([])
})

test('is busy while it publishes, in batches that keep the order, and idle afterwards', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  const values = Array.from({ length: 250 }, (_, n) => `${n}`)
  await enqueueAll(
    postgres,
    values.map((value) => message(value)),
  )
  const step = relay('first', { batchSize: 100 })

  await stepUntil(step, () => published().length === 100)
  expect(await step()).toBe('busy')
  expect(await step()).toBe('busy')
  expect(await step()).toBe('idle')
  expect(published()).toEqual(values)
})

test('publishes each message of a row that holds many, and goes on behind them', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  const values = Array.from({ length: 100 }, (_, n) => `${n}`)
  await postgres.execute(asOne([owedTogether(values.map((value) => message(value)))]))
  await enqueueAll(postgres, [message('last')])
  const step = relay('first', { batchSize: 2 })

  await stepUntil(step, () => published().includes('last'))

  expect(published()).toEqual([...values, 'last'])
  expect(await step()).toBe('idle')
})

test('holds a message back while an older transaction may still commit one before it', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  const step = relay()
  const older = await openTransaction(postgres, (tx) => enqueue(tx, [message('older')]))
  await enqueueAll(postgres, [message('newer')])

  expect(await step()).toBe('idle')
  expect(published()).toEqual([])
  await older.commit()
  await stepUntil(step, () => published().length >= 2)

  expect(published()).toEqual(['older', 'newer'])
})

test('looks again soon, and not for ever, where something is held back', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  const step = relay()
  const looks = countingLooks(postgres)
  await step()
  const taken = looks()
  await step()
  const atNothing = looks() - taken
  const older = await openTransaction(postgres, (tx) => enqueue(tx, [message('older')]))
  await enqueueAll(postgres, [message('newer')])
  const before = looks()

  expect(await step()).toBe('idle')

  expect([atNothing, looks() - before]).toEqual([1, 6])
  await older.commit()
  await stepUntil(step, () => published().length >= 2)
  expect(published()).toEqual(['older', 'newer'])
})

test('publishes nothing of a transaction that rolled back', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  const doomed = await openTransaction(postgres, (tx) => enqueue(tx, [message('doomed')]))
  await doomed.rollback()
  await enqueueAll(postgres, [message('fine')])

  await stepUntil(relay(), () => published().length > 0)

  expect(published()).toEqual(['fine'])
})

test('loses nothing of many transactions that commit in any order', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  const step = relay('first', { batchSize: 7 })
  const values = Array.from({ length: 200 }, (_, n) => `${n}`)
  let isWriting = true
  const writing = Promise.all(
    values.map((value) =>
      postgres.transaction(async (tx) => {
        // So that neither ids nor commits come in the order in which the transactions began.
        await tx.execute(sql`select pg_current_xact_id(), pg_sleep(random() * 0.01)`)
        await enqueue(tx, [message(value)])
        await tx.execute(sql`select pg_sleep(random() * 0.01)`)
      }),
    ),
  ).finally(() => {
    isWriting = false
  })

  await stepUntil(step, () => !isWriting && published().length >= 200)
  await writing

  expect(published().toSorted()).toEqual(values.toSorted())
})

test('repeats what was published before a crash, and loses nothing', async () => {
  await using room = await relayUnderTest()
  const { postgres, broker, relay, published } = room
  await enqueueAll(postgres, [message('a'), message('b')])
  const dying = relay('dying', { producer: failingAfterwards(broker.producer()) })

  const crash = await waitFor(() => dying().then(() => undefined, String), { what: 'the crash' })
  await expireLease(postgres)
  await stepUntil(relay('successor'), () => published().length >= 4)

  expect(crash).toContain('died after the acknowledgement')
  expect(published()).toEqual(['a', 'b', 'a', 'b'])
})

test('tells how many messages wait and for how long, by topic', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  await enqueueAll(postgres, [message('a')])
  await stepUntil(relay(), () => published().length > 0)
  await enqueueAll(postgres, [message('b'), message('c'), message('d', 'bob', 'another.topic')])
  await postgres.execute(sql`
    update messaging.outbox set created_at = now() - interval '1 hour' where value = 'b'
  `)

  const [another, wallet] = await relayLag(postgres)

  expect(another).toMatchObject({ topic: 'another.topic', rows: 1 })
  expect(wallet).toMatchObject({ topic: TOPIC, rows: 2 })
  expect(wallet?.oldestAgeSeconds).toBeGreaterThan(3_500)
  expect(another?.oldestAgeSeconds).toBeLessThan(3_500)
})

test('tells of no lag where everything was published', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  await enqueueAll(postgres, [message('a')])
  await stepUntil(relay(), () => published().length > 0)

  expect(await relayLag(postgres)).toEqual([{ topic: TOPIC, rows: 0, oldestAgeSeconds: 0 }])
})

test('prunes what was published long ago, and nothing that still waits', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  await enqueueAll(postgres, [message('old and published'), message('published')])
  await stepUntil(relay(), () => published().length >= 2)
  await enqueueAll(postgres, [message('old and waiting')])
  await postgres.execute(sql`
    update messaging.outbox set created_at = now() - interval '8 days' where value like 'old%'
  `)

  const pruned = await pruneOutbox({ postgres, topic: TOPIC, olderThanDays: 7 })

  const left = await postgres.execute<{ value: string }>(
    sql`select value from messaging.outbox order by id`,
  )
  expect(pruned).toBe(1)
  expect(left.map(({ value }) => value)).toEqual(['published', 'old and waiting'])
})

test('prunes more than one chunk', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  const values = Array.from({ length: 12_000 }, (_, n) => `${n}`)
  await enqueueAll(
    postgres,
    values.map((value) => message(value)),
  )
  await stepUntil(relay('first', { batchSize: 12_000 }), () => published().length >= 12_000)

  expect(await pruneOutbox({ postgres, topic: TOPIC, olderThanDays: 0 })).toBe(12_000)
})

test('publishes again all that is there when its cursor is put back, and goes on from there', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  const step = relay()
  await enqueueAll(postgres, [message('a'), message('b')])
  await stepUntil(step, () => published().length >= 2)

  await postgres.execute(
    sql`update messaging.relays set transaction_id = '0', outbox_id = 0 where topic = ${TOPIC}`,
  )
  await enqueueAll(postgres, [message('c')])
  await stepUntil(step, () => published().length >= 5)

  expect(published()).toEqual(['a', 'b', 'a', 'b', 'c'])
})
