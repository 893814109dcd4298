import { rowsRead } from '@coffer/testkit/rows-read'
import { testDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { memoryBroker } from './adapters/memory-broker.ts'
import { messagingMigrations } from './migrations.ts'
import { relayStep } from './relay.ts'
import { TOPIC } from './testing/outbox-under-test.ts'

/** Goal: a step costs what it publishes, however much waits. Method: count the rows it reads. */

const ROWS = 100_000
const BATCH = 500
const CONNECTIONS = 2

test.each([
  ['knows nothing of its rows', ''],
  ['takes it for small', 'analyze messaging.outbox'],
  ['knows how large it is', 'vacuum analyze messaging.outbox'],
])('a relay reads little more than it publishes, while the database %s', async (_, look) => {
  await using database = await testDatabase([messagingMigrations], { connectionsMax: CONNECTIONS })
  const { postgres } = database
  const broker = memoryBroker({ partitions: 1 })
  const relay = { postgres, producer: broker.producer(), topic: TOPIC, holder: 'relay' }
  const step = relayStep({ ...relay, batchSize: BATCH, leaseMs: 600_000 })
  const isSmall = look === 'analyze messaging.outbox'
  if (isSmall) await postgres.execute(sql.raw(look))
  // Several transactions, as they come.
  for (let part = 0; part < 4; part += 1) {
    await postgres.execute(sql`
      insert into messaging.outbox (topic, key, headers, value)
      select case when n % 10 = 0 then ${TOPIC} else 'another.topic' end, n::text, '{}', '{}'
      from generate_series(1, ${ROWS / 4}::int) n`)
  }
  if (!isSmall && look) await postgres.execute(sql.raw(look))
  const read = () => rowsRead(postgres, { table: 'messaging.outbox', connections: CONNECTIONS })
  const steps = async (count: number) => {
    const isOut = async () => {
      await step()
      return broker.messages(TOPIC).length >= count
    }
    await waitFor(isOut, { what: `${count} messages`, intervalMs: 5, timeoutMs: 40_000 })
  }

  await steps(BATCH)
  const before = await read()
  await steps(4 * BATCH)
  const rows = (await read()) - before

  expect(rows).toBeGreaterThanOrEqual(2 * BATCH)
  expect(rows).toBeLessThan(6 * BATCH)
})

test.each([
  ['knows nothing of its rows', ''],
  ['knows how large it is', 'vacuum analyze messaging.outbox'],
])(
  'a relay that has published all reads none of it again, while the database %s',
  async (_, look) => {
    await using database = await testDatabase([messagingMigrations], {
      connectionsMax: CONNECTIONS,
    })
    const { postgres } = database
    const broker = memoryBroker({ partitions: 1 })
    const relay = { postgres, producer: broker.producer(), topic: TOPIC, holder: 'relay' }
    const step = relayStep({ ...relay, batchSize: BATCH, leaseMs: 600_000 })
    await step()
    await postgres.execute(sql`
    insert into messaging.outbox (topic, key, headers, value)
    select ${TOPIC}, n::text, '{}', '{}' from generate_series(1, ${ROWS}::int) n`)
    await postgres.execute(sql`
    update messaging.relays set (transaction_id, outbox_id) =
      (select transaction_id, id from messaging.outbox order by id desc limit 1)`)
    if (look) await postgres.execute(sql.raw(look))
    const read = () => rowsRead(postgres, { table: 'messaging.outbox', connections: CONNECTIONS })

    const before = await read()
    for (let times = 0; times < 5; times += 1) expect(await step()).toBe('idle')

    expect((await read()) - before).toBeLessThan(100)
  },
)

test.each([
  ['knows nothing of its rows', ''],
  ['knows how large it is', 'vacuum analyze messaging.outbox'],
])(
  'a relay that is nearly up to date reads what is new alone, while the database %s',
  async (_, look) => {
    await using database = await testDatabase([messagingMigrations], {
      connectionsMax: CONNECTIONS,
    })
    const { postgres } = database
    const broker = memoryBroker({ partitions: 1 })
    const relay = { postgres, producer: broker.producer(), topic: TOPIC, holder: 'relay' }
    const step = relayStep({ ...relay, batchSize: BATCH, leaseMs: 600_000 })
    await step()
    // As long as events are, and of two topics in turn: so the planner likes to read them by id.
    await postgres.execute(sql`
      insert into messaging.outbox (topic, key, headers, value)
      select case when n % 2 = 0 then ${TOPIC} else 'another.topic' end, n::text, '{}',
        repeat('x', 600)
      from generate_series(1, 20_000) n`)
    await postgres.execute(sql`
      update messaging.relays set (transaction_id, outbox_id) =
        (select transaction_id, id from messaging.outbox order by id desc offset 99 limit 1)`)
    if (look) await postgres.execute(sql.raw(look))
    const read = () => rowsRead(postgres, { table: 'messaging.outbox', connections: CONNECTIONS })

    const before = await read()
    const isOut = async () => (await step()) === 'idle' && broker.messages(TOPIC).length > 0
    await waitFor(isOut, { what: 'what is new', intervalMs: 5, timeoutMs: 40_000 })

    expect(broker.messages(TOPIC)).toHaveLength(50)
    expect((await read()) - before).toBeLessThan(500)
  },
)
