import { randomUUID } from 'node:crypto'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PaymentsDatabase, paymentsDatabase, TOKEN } from '../testing/payments-database.ts'

let database: PaymentsDatabase

beforeAll(async () => {
  database = await paymentsDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

/** Each table of rows that name others, by how one statement inserts some that name `ids`. */
const TABLES: readonly [table: string, known: () => Promise<string>, insert: Insert][] = [
  [
    'payments.orders',
    () => database.merchant(),
    (ids) => sql`
      insert into payments.orders (id, merchant_id, reference, asset, amount, created_at)
      select gen_random_uuid(), id::uuid, gen_random_uuid(), ${TOKEN}, 1, now()
      from unnest(${ids}::text[]) as id`,
  ],
  [
    'payments.payments',
    () => database.order(),
    (ids) => sql`
      insert into payments.payments (id, order_id, merchant_id, channel, asset, amount, fee,
        expires_at, created_at, status, received)
      select gen_random_uuid(), id::uuid, gen_random_uuid(), 'sandbox', ${TOKEN}, 1, 0,
        now(), now(), 'created', 0
      from unnest(${ids}::text[]) as id`,
  ],
  [
    'wallets.addresses',
    () => owner(database.postgres),
    (ids) => sql`
      insert into wallets.addresses (chain, address, owner, watched_from)
      select 'eip155:1', uuid_send(gen_random_uuid()), id::uuid, 0
      from unnest(${ids}::text[]) as id`,
  ],
]

type Insert = (ids: string) => SQL

async function owner(postgres: Postgres): Promise<string> {
  const id = randomUUID()
  await postgres.execute(sql`insert into wallets.owners (id, kind) values (${id}, 'payment')`)
  return id
}

const rowsOf = async (table: string) =>
  (await database.postgres.execute(sql.raw(`select from ${table}`))).length

test.each(TABLES)(
  '%s takes what a statement inserts only if all of it names what there is',
  async (table, known, insert) => {
    const ids = await Promise.all([known(), known(), known()])
    const named = fc.record({ of: fc.constantFrom(...ids), isKnown: fc.boolean() })
    const group = fc.array(named, { minLength: 1, maxLength: 6 })

    await fc.assert(
      fc.asyncProperty(group, async (each) => {
        const before = await rowsOf(table)
        const names = each.map(({ of, isKnown }) => (isKnown ? of : randomUUID()))
        const inserting = database.postgres.execute(insert(`{${names}}`))

        if (each.every(({ isKnown }) => isKnown)) {
          await inserting
          expect(await rowsOf(table)).toBe(before + each.length)
        } else {
          await expect(inserting).rejects.toMatchObject({ cause: { code: '23503' } })
          expect(await rowsOf(table)).toBe(before)
        }
      }),
      { numRuns: 25 },
    )
  },
)

test.each([
  'delete from payments.merchants',
  'delete from payments.orders',
  'delete from wallets.owners',
  'update payments.merchants set id = gen_random_uuid()',
  'update payments.orders set id = gen_random_uuid()',
  'update wallets.owners set id = gen_random_uuid()',
  'update payments.orders set merchant_id = gen_random_uuid()',
  'update payments.payments set order_id = gen_random_uuid()',
  'update wallets.addresses set owner = gen_random_uuid()',
])('what is named stays, and so does who names it: refuses to %s', async (statement) => {
  await database.payment()
  await owner(database.postgres)

  const changing = database.postgres.execute(sql.raw(statement))

  await expect(changing).rejects.toMatchObject({ cause: { code: '23000' } })
})
