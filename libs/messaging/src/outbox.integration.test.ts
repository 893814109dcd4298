import { asOne } from '@coffer/postgres/fixed-statement'
import { migrate } from '@coffer/postgres/migrate'
import { testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { messagingMigrations } from './migrations.ts'
import { MessageTooLargeError, owedTogether } from './outbox.ts'
import { messagesIn } from './outbox-source.ts'
import { enqueueAll, message } from './testing/outbox-under-test.ts'

test('can be migrated again without effect', async () => {
  await using database = await testDatabase([messagingMigrations])
  await enqueueAll(database.postgres, [message('a')])

  await migrate(database.postgres, [messagingMigrations])

  const rows = await database.postgres.execute(sql`select value from messaging.outbox`)
  expect([...rows]).toEqual([{ value: 'a' }])
})

test('numbers the messages of a batch in the order given', async () => {
  await using database = await testDatabase([messagingMigrations])
  const values = Array.from({ length: 5_000 }, (_, n) => `${n}`)

  await enqueueAll(
    database.postgres,
    values.map((value) => message(value, `key-${Number(value) % 7}`)),
  )

  const rows = await database.postgres.execute<{ value: string }>(
    sql`select value from messaging.outbox order by id`,
  )
  expect(rows.map(({ value }) => value)).toEqual(values)
})

test('keeps every character of key, headers and value', async () => {
  await using database = await testDatabase([messagingMigrations])
  const strange = '{"quotes", \\ backslash, ,NULL,} \t\n ü 汉字 🔑'
  const given = { topic: 'a.topic', key: strange, headers: { [strange]: strange }, value: strange }

  await enqueueAll(database.postgres, [given])

  const rows = await database.postgres.execute(
    sql`select topic, key, headers, value from messaging.outbox`,
  )
  expect([...rows]).toEqual([given])
})

test('many messages to a row keep their order and every character', async () => {
  await using database = await testDatabase([messagingMigrations])
  const strange = '{"quotes", \\ backslash, ,NULL,} \t\n ü 汉字 🔑'
  const given = Array.from({ length: 40 }, (_, n) => ({
    ...message(`${strange} ${n}`, `key-${n % 7}`, n % 2 === 0 ? 'even' : 'odd'),
    headers: { ce_id: `${n}`, [strange]: strange },
  }))

  await database.postgres.execute(asOne([owedTogether(given)]))

  const rows = await database.postgres.execute(sql`select * from messaging.outbox order by id`)
  expect(rows.length).toBeLessThan(given.length)
  const read = rows.flatMap(messagesIn)
  const of = (topic: string) => given.filter((each) => each.topic === topic)
  expect(read).toEqual([...of('even'), ...of('odd')])
})

test('refuses one among many that no broker would take', () => {
  const tooLarge = message('ü'.repeat(250_000))

  expect(() => owedTogether([message('a'), tooLarge])).toThrow(MessageTooLargeError)
  expect(() => owedTogether([message('a'), message('ü'.repeat(249_000))])).not.toThrow()
})

test('refuses a message that no broker would take, with all that the transaction did', async () => {
  await using database = await testDatabase([messagingMigrations])
  const tooLarge = message('x'.repeat(1_000_001))

  const enqueued = enqueueAll(database.postgres, [message('a'), tooLarge])

  await expect(enqueued).rejects.toThrow(MessageTooLargeError)
  expect(await database.postgres.execute(sql`select from messaging.outbox`)).toHaveLength(0)
})

test('writes nothing for no messages', async () => {
  await using database = await testDatabase([messagingMigrations])

  await enqueueAll(database.postgres, [])

  expect(await database.postgres.execute(sql`select from messaging.outbox`)).toHaveLength(0)
})
