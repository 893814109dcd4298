import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyField, copyRows } from './copy-rows.ts'
import { openPostgres } from './open-postgres.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase([])
  await database.postgres.execute(sql`create table copied (id int primary key, text text)`)
})
afterAll(() => database[Symbol.asyncDispose]())

const copy = (rows: readonly (readonly [number, string | null])[]) => {
  const lines = rows.map(([id, text]) => `${id}\t${copyField(text)}\n`).join('')
  return database.postgres.transaction((tx) => copyRows(tx, { into: 'copied (id, text)', lines }))
}

const copied = async () =>
  await database.postgres.execute(sql`select id, text from copied order by id`)

test('inserts text as it is, whatever it holds', async () => {
  const texts = ['', 'plain', 'a\tb\nc\rd', '\\', '\\N', '\\.', 'ü€🙂', 'x'.repeat(100_000), null]

  await copy(texts.map((text, id) => [id, text]))

  expect(await copied()).toEqual(texts.map((text, id) => ({ id, text })))
})

test('inserts nothing when one row is refused, and leaves the connection usable', async () => {
  const before = await copied()

  const work = copy([
    [100, 'new'],
    [1, 'there is one already'],
  ])

  await expect(work).rejects.toMatchObject({ code: '23505', constraint: 'copied_pkey' })
  expect(await copied()).toEqual(before)
})

test('fails when its connection is cut', async () => {
  const work = database.postgres.transaction(async (tx) => {
    const [own] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
    await database.postgres.execute(sql`select pg_terminate_backend(${own?.pid})`)
    await copyRows(tx, { into: 'copied (id, text)', lines: '200\tlost\n' })
  })

  await expect(work).rejects.toThrow()
  expect(await copied()).not.toContainEqual({ id: 200, text: 'lost' })
})

test('inserts on a connection that keeps its statements', async () => {
  await using postgres = openPostgres(database.url, { connectionsMax: 1, prepares: true })

  await postgres.transaction((tx) => copyRows(tx, { into: 'copied (id, text)', lines: '300\tx\n' }))

  expect(await copied()).toContainEqual({ id: 300, text: 'x' })
})
