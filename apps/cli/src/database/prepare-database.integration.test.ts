import { randomUUID } from 'node:crypto'
import { APP_GRANTS, ROLE_GRANTS } from '@coffer/grants/app-grants'
import { connectingAs } from '@coffer/grants/connecting-as'
import { grantProblems } from '@coffer/grants/grant-problems'
import { makeRoles } from '@coffer/grants/make-roles'
import { roleOf } from '@coffer/grants/role-of'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MIGRATIONS } from './migrations.ts'
import { prepareDatabase } from './prepare-database.ts'

/** Goal: what an app may do in the database is what one table says, whatever allows it. */

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase(MIGRATIONS)
  await prepareDatabase(database.postgres)
})
afterAll(() => database[Symbol.asyncDispose]())

const APPS = Object.entries(APP_GRANTS)

/** What PostgreSQL lets a role do by whatever way: by itself, as a member, as everybody. */
async function allowed(postgres: Postgres, role: string): Promise<string[]> {
  const rows = await postgres.execute<{ right: string }>(sql`
    with place as (
      select pg_class.oid, relkind, nspname || '.' || relname as name, nspname as schema
      from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where relkind in ('r', 'v', 'm', 'p', 'S') and nspname !~ '^(pg_|information_schema)'
    ), verb (name, has_columns) as (
      values ('select', true), ('insert', true), ('update', true), ('delete', false),
        ('truncate', false), ('references', true), ('trigger', false), ('maintain', false)
    )
    select place.name || ' ' || verb.name as right from place cross join verb
    where relkind <> 'S' and has_table_privilege(${role}, place.oid, verb.name)
    union all
    select place.name || ' ' || verb.name || '(' || attname || ')'
    from place cross join verb join pg_attribute on attrelid = place.oid
    where relkind <> 'S' and has_columns and attnum > 0 and not attisdropped
      and not has_table_privilege(${role}, place.oid, verb.name)
      and has_column_privilege(${role}, place.oid, attnum, verb.name)
    union all
    select place.name || ' ' || verb from place
      cross join (values ('usage'), ('select'), ('update')) verbs (verb)
    where relkind = 'S' and has_sequence_privilege(${role}, place.oid, verb)
    union all
    select distinct place.schema || ' create' from place
    where has_schema_privilege(${role}, place.schema, 'create')
    order by 1`)
  return rows.map(({ right }) => right)
}

/** The same of the table; columns of one verb may be in several brackets. */
const stated = (app: string): string[] =>
  Object.entries(APP_GRANTS[app] ?? {})
    .flatMap(([name, rights]) =>
      rights.flatMap((right) => {
        const [, verb = '', columns] = /^(\w+)(?:\((.*)\))?$/.exec(right) ?? []
        return (columns?.split(', ') ?? [undefined]).map((column) =>
          column === undefined ? `${name} ${verb}` : `${name} ${verb}(${column})`,
        )
      }),
    )
    .sort()

test.each(APPS)('the role of %s may do what is stated, and nothing else', async (app) => {
  expect((await allowed(database.postgres, roleOf(app))).sort()).toEqual(stated(app))
})

test('every table is of use to an app', async () => {
  const rows = await database.postgres.execute<{ name: string }>(sql`
    select schemaname || '.' || tablename as name from pg_tables
    where schemaname !~ '^(pg_|information_schema)' and tablename <> 'migrations'`)

  const used = new Set(APPS.flatMap(([, grants]) => Object.keys(grants)))
  expect(rows.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([])
})

const APPEND_ONLY = [
  ...['ledger.entries', 'ledger.held_entries', 'ledger.seals'],
  ...['access.acts', 'access.outcomes', 'deposits.releases'],
]

test.each(APPEND_ONLY)('nobody may change or delete what is in %s', (table) => {
  const able = APPS.filter(([, grants]) =>
    grants[table]?.some((right) => right !== 'select' && right !== 'insert'),
  )
  expect(able.map(([app]) => app)).toEqual([])
})

test('only those book who do so in a transaction of their own', () => {
  const booking = APPS.filter(([, grants]) => grants['ledger.entries']?.includes('insert'))
  expect(booking.map(([app]) => app)).toEqual([
    ...['accounts', 'api', 'reconciliation', 'settlement', 'withdrawals'],
  ])
})

test.each([
  ['payments', 'insert into ledger.entries select * from ledger.entries'],
  ['scanner', 'update ledger.accounts set credits_posted = credits_posted + 1'],
  ['accounts', 'delete from ledger.entries'],
  ['api', 'truncate ledger.entries'],
  ['api', 'delete from access.acts'],
  ['notifications', 'select hash from access.keys'],
  ['withdrawals', "update withdrawals.payees set address = ''"],
  ['sandbox', 'select from ledger.accounts'],
  ['analytics', 'create table analytics.mine ()'],
  ['api', 'alter table ledger.entries disable trigger all'],
])('the role of %s is refused: %s', async (app, statement) => {
  const work = database.postgres.transaction(async (tx) => {
    await tx.execute(sql.raw(`set local role ${roleOf(app)}`))
    await tx.execute(sql.raw(statement))
  })

  await expect(work).rejects.toMatchObject({ cause: { code: '42501' } })
})

test('what somebody granted besides is taken back, and what was taken away is given', async () => {
  await using other = await testDatabase(MIGRATIONS)
  const { postgres } = other
  await prepareDatabase(postgres)
  await postgres.execute(sql`grant delete, update on ledger.entries to coffer_payments`)
  await postgres.execute(sql`revoke insert on messaging.outbox from coffer_scanner`)
  await postgres.execute(sql`revoke update (version) on ledger.accounts from coffer_api`)
  await postgres.execute(sql`grant update on ledger.accounts to coffer_accounts`)
  const problems = await grantProblems(postgres, ROLE_GRANTS)

  await prepareDatabase(postgres)

  for (const app of ['payments', 'scanner', 'api', 'accounts']) {
    expect((await allowed(postgres, roleOf(app))).sort()).toEqual(stated(app))
  }
  expect(problems.sort()).toEqual([
    'coffer_accounts has update on ledger.accounts',
    'coffer_api lacks update(version) on ledger.accounts',
    'coffer_payments has delete on ledger.entries',
    'coffer_payments has update on ledger.entries',
    'coffer_scanner lacks insert on messaging.outbox',
  ])
  expect(await grantProblems(postgres, ROLE_GRANTS)).toEqual([])
})

test('an app connects as its role where it is told to', async () => {
  const url = new URL(database.url)
  url.searchParams.set('options', connectingAs('payments'))
  await using payments = openPostgres(url.href)

  const [row] = await payments.execute(sql`select current_user::text as "self"`)

  expect(row).toEqual({ self: 'coffer_payments' })
})

test('whoever may not make roles has the database all the same, and is told', async () => {
  await using server = await signedInAs('login')
  const { postgres } = server

  const { granted, usable, missing } = await prepareDatabase(postgres)
  const made = await postgres.transaction((tx) => makeRoles(tx, ['coffer_not_there']))

  expect({ granted: granted.length, usable, missing }).toEqual({
    ...{ granted: APPS.length, usable: [], missing: [] },
  })
  expect(made).toEqual({ there: [], usable: [] })
})

test('whoever may make roles and is no superuser may become them', async () => {
  await using server = await signedInAs('login createrole')
  const role = `coffer_${randomUUID().replaceAll('-', '')}`

  const made = await server.postgres.transaction((tx) => makeRoles(tx, [role]))
  const again = await server.postgres.transaction((tx) => makeRoles(tx, [role]))
  await server.postgres.execute(sql.raw(`drop role ${role}`))

  expect(made).toEqual({ there: [role], usable: [role] })
  expect(again).toEqual(made)
})

/** A pool of a new user, who owns a database and may do what `attributes` say. */
async function signedInAs(attributes: string) {
  const resources = new AsyncDisposableStack()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = resources.use(openPostgres(stackUrls().DATABASE_URL, { connectionsMax: 1 }))
  await admin.execute(sql.raw(`create role ${name} ${attributes}`))
  resources.defer(() => admin.execute(sql.raw(`drop role ${name}`)).then(() => undefined))
  await admin.execute(sql.raw(`create database ${name} owner ${name}`))
  resources.defer(async () => {
    await admin.execute(sql.raw(`drop database ${name} with (force)`))
  })
  const url = Object.assign(new URL(stackUrls().DATABASE_URL), { username: name, pathname: name })
  const postgres = resources.use(openPostgres(url.href))
  return { postgres, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}
