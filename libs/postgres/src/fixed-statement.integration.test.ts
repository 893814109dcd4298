import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { textArray } from './binary-array.ts'
import { asOne, fixedStatement } from './fixed-statement.ts'

type Person = { name: string; city: string }

const insertCities = fixedStatement<readonly Person[]>(
  (value) => sql`insert into cities (name)
    select distinct name from unnest(
      ${value((people) => textArray(people.map(({ city }) => city)))}::text[]) as row (name)`,
)
const insertPeople = fixedStatement<readonly Person[]>(
  (value) => sql`insert into people (name, city)
    select name, city from unnest(
      ${value((people) => textArray(people.map(({ name }) => name)))}::text[],
      ${value((people) => textArray(people.map(({ city }) => city)))}::text[]) as row (name, city)`,
)
const peopleOf = fixedStatement<string>(
  (value) => sql`select name from people where city = ${value((city) => city)} order by name`,
)

const ADA = { name: 'Ada', city: 'London' }
const KURT = { name: 'Kurt', city: 'Wien' }

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase([])
  await database.postgres.execute(sql`
    create table cities (name text primary key);
    create table people (name text primary key, city text not null references cities)`)
})
beforeEach(async () => {
  await database.postgres.execute(sql`truncate cities, people`)
})
afterAll(() => database[Symbol.asyncDispose]())

test('a statement alone answers its rows, each time for other values', async () => {
  const { postgres } = database
  await postgres.execute(asOne([insertCities([ADA, KURT])]))
  await postgres.execute(asOne([insertPeople([ADA, KURT])]))

  expect(await postgres.execute(asOne([peopleOf('London')]))).toEqual([{ name: 'Ada' }])
  expect(await postgres.execute(asOne([peopleOf('Wien')]))).toEqual([{ name: 'Kurt' }])
})

test('several are one: what one of them refers to may be made by another', async () => {
  const { postgres } = database

  await postgres.execute(asOne([insertPeople([ADA, KURT]), insertCities([ADA, KURT])]))
  await postgres.execute(asOne([insertCities([{ name: '', city: 'Praha' }])]))

  expect(await postgres.execute(asOne([peopleOf('Wien')]))).toEqual([{ name: 'Kurt' }])
  expect(await postgres.execute(sql`select from cities`)).toHaveLength(3)
})

test('nothing is done of any where one fails, and the error is of that one', async () => {
  const { postgres } = database
  const made = asOne([insertCities([ADA]), insertPeople([ADA, ADA])])

  const failed = postgres.execute(made)

  await expect(failed).rejects.toThrow(
    expect.objectContaining({ cause: expect.objectContaining({ constraint: 'people_pkey' }) }),
  )
  expect(await postgres.execute(sql`select from cities`)).toEqual([])
})
