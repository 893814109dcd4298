import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { Producer } from './ports.ts'
import { relayLag } from './relay-lag.ts'
import { releaseLease } from './relay-lease.ts'
import { enqueueAll, expireLease, message, stepUntil, TOPIC } from './testing/outbox-under-test.ts'
import { relayUnderTest } from './testing/relay-under-test.ts'

test('leaves a topic to the process that holds its lease, until that runs out', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  const first = relay('first')
  const second = relay('second')
  await first()
  await enqueueAll(postgres, [message('a')])

  expect(await second()).toBe('idle')
  expect(published()).toEqual([])
  await expireLease(postgres)
  await stepUntil(second, () => published().length > 0)

  await enqueueAll(postgres, [message('b')])
  expect(await first()).toBe('idle')
  await stepUntil(second, () => published().length > 1)
  expect(published()).toEqual(['a', 'b'])
})

test('gives a lease up at once when told to', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  await relay('first')()
  await enqueueAll(postgres, [message('a')])

  await releaseLease({ postgres, topic: TOPIC, holder: 'first' })
  await stepUntil(relay('second'), () => published().length > 0)

  expect(published()).toEqual(['a'])
})

test('cannot move the cursor once another process has taken over', async () => {
  await using room = await relayUnderTest()
  const { postgres, broker, relay, published } = room
  const inPublish = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  let hasBegun = false
  const paused: Producer = {
    async publish() {
      hasBegun = true
      inPublish.resolve()
      await goOn.promise
    },
    async [Symbol.asyncDispose]() {},
  }
  await enqueueAll(postgres, [message('a')])
  const zombie = stepUntil(relay('zombie', { producer: paused }), () => hasBegun)
  await inPublish.promise
  await expireLease(postgres)
  const successor = relay('successor', { producer: broker.producer() })
  await enqueueAll(postgres, [message('b')])
  await stepUntil(successor, () => published().length >= 2)

  goOn.resolve()
  await zombie

  expect(await relay('zombie', { producer: paused })()).toBe('idle')
  await enqueueAll(postgres, [message('c')])
  await stepUntil(successor, () => published().length >= 3)
  expect(published()).toEqual(['a', 'b', 'c'])
})

test('writes nothing while it is idle and its lease is fresh', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay } = room
  const step = relay()
  await step()
  const version = async () => {
    const rows = await postgres.execute(sql`select xmin::text, ctid::text from messaging.relays`)
    return [...rows]
  }
  const before = await version()

  for (let n = 0; n < 5; n += 1) expect(await step()).toBe('idle')

  expect(before).toHaveLength(1)
  expect(await version()).toEqual(before)
})

test('renews a lease of which less than half is left', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay } = room
  const step = relay()
  await step()
  await postgres.execute(
    sql`update messaging.relays set lease_until = now() + interval '20 seconds'`,
  )

  await step()

  const [row] = await postgres.execute<{ seconds: number }>(
    sql`select extract(epoch from lease_until - now())::float8 as seconds from messaging.relays`,
  )
  expect(row?.seconds).toBeGreaterThan(30)
})

test('goes on after the database was restored into a cluster that counts from the start', async () => {
  await using room = await relayUnderTest()
  const { postgres, relay, published } = room
  await enqueueAll(postgres, [message('published before')])
  await stepUntil(relay('before'), () => published().length > 0)
  await enqueueAll(postgres, [message('waiting when dumped'), message('and another')])
  // As a restored copy finds itself: what it knows of transactions is of another cluster's future.
  await postgres.execute(sql`
    update messaging.outbox set transaction_id =
      (transaction_id::text::bigint + 1000000000000)::text::xid8
  `)
  await postgres.execute(sql`
    update messaging.relays set system_identifier = '1', lease_until = null,
      transaction_id = (transaction_id::text::bigint + 1000000000000)::text::xid8
  `)
  await enqueueAll(postgres, [message('written since')])

  await stepUntil(relay('after'), () => published().length >= 4)

  expect(published()).toEqual([
    'published before',
    'waiting when dumped',
    'and another',
    'written since',
  ])
  expect(await relayLag(postgres)).toEqual([{ topic: TOPIC, rows: 0, oldestAgeSeconds: 0 }])
})
