import { wakeUp } from '@coffer/runtime/wake-up'
import { silentLogger } from '@coffer/telemetry/logger'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { runRelay } from './run-relay.ts'
import { enqueueAll, message, stepUntil, TOPIC } from './testing/outbox-under-test.ts'
import { relayUnderTest } from './testing/relay-under-test.ts'

test('publishes when woken up, and leaves its lease to a successor when it stops', async () => {
  await using room = await relayUnderTest()
  const { postgres, broker, relay, published } = room
  const stop = new AbortController()
  const wake = wakeUp()
  const running = runRelay({
    postgres,
    producer: broker.producer(),
    topic: TOPIC,
    holder: 'first',
    batchSize: 100,
    logger: silentLogger,
    wakeUp: wake,
    leaseMs: 600_000,
    idleMs: 600_000,
  })(stop.signal)

  await enqueueAll(postgres, [message('a')])
  await waitFor(
    () => {
      wake.call()
      return published().length > 0
    },
    { what: 'the relay to publish' },
  )
  stop.abort()
  await running
  await enqueueAll(postgres, [message('b')])
  await stepUntil(relay('successor'), () => published().length > 1)

  expect(published()).toEqual(['a', 'b'])
})

test('deletes what was published longer ago than it is kept, by itself', async () => {
  await using room = await relayUnderTest()
  const { postgres, broker, relay, published } = room
  await enqueueAll(postgres, [message('old'), message('new')])
  await stepUntil(relay('before'), () => published().length === 2)
  await postgres.execute(sql`
    update messaging.outbox set created_at = now() - interval '3 days' where value = 'old'`)
  const stop = new AbortController()
  const running = runRelay({
    ...{ postgres, producer: broker.producer(), topic: TOPIC, holder: 'after', batchSize: 100 },
    ...{ logger: silentLogger, wakeUp: wakeUp(), idleMs: 600_000, keepDays: 2 },
  })(stop.signal)

  const left = () => postgres.execute(sql`select value from messaging.outbox`)
  await waitFor(async () => (await left()).length === 1, { what: 'the old one to be deleted' })
  stop.abort()
  await running

  expect(await left()).toEqual([{ value: 'new' }])
})
