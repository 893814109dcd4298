import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { type Migrations, migrate } from '@coffer/postgres/migrate'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { stackUrls } from './stack-urls.ts'

/** A database of one test's own, with a pool on it. Disposing closes the pool and drops it. */
export type TestDatabase = AsyncDisposable & { url: string; postgres: Postgres }

export type TestDatabaseOptions = {
  /** Connections of the pool at most. */
  connectionsMax?: number
}

/** Workers that need the same template at once take turns on this advisory lock. */
const TEMPLATE_LOCK = 0x7465_6d70

/**
 * A fresh database in which the migrations of `contexts` have run, in milliseconds: it is a copy of
 * a template, which is migrated once for each set of migrations and shared by all workers.
 */
export async function testDatabase(
  contexts: readonly Migrations[],
  { connectionsMax = 5 }: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const server = stackUrls().DATABASE_URL
  const template = `template_${await fingerprint(contexts)}`
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(server, async (admin) => {
    await ensureTemplate({ admin, server, template, contexts })
    await admin.execute(
      sql`create database ${sql.identifier(name)} template ${sql.identifier(template)}`,
    )
  })

  const url = databaseUrl(server, name)
  const postgres = openPostgres(url, { connectionsMax, applicationName: name })
  return {
    url,
    postgres,
    async [Symbol.asyncDispose]() {
      await postgres[Symbol.asyncDispose]()
      await onServer(server, (admin) =>
        admin.execute(sql`drop database if exists ${sql.identifier(name)} with (force)`),
      )
    },
  }
}

type TemplateRequest = {
  admin: Postgres
  server: string
  template: string
  contexts: readonly Migrations[]
}

/** Migrates under another name first: a database of the template's name is always complete. */
async function ensureTemplate({ admin, server, template, contexts }: TemplateRequest) {
  // A lock of the session, since databases aren't created in transactions: one connection, always.
  await admin.execute(sql`select pg_advisory_lock(${TEMPLATE_LOCK})`)
  try {
    const found = await admin.execute(sql`select from pg_database where datname = ${template}`)
    if (found.length > 0) return
    const draft = `${template}_draft`
    await admin.execute(sql`drop database if exists ${sql.identifier(draft)} with (force)`)
    await admin.execute(sql`create database ${sql.identifier(draft)}`)
    await onServer(databaseUrl(server, draft), (postgres) => migrate(postgres, contexts), 2)
    await admin.execute(
      sql`alter database ${sql.identifier(draft)} rename to ${sql.identifier(template)}`,
    )
  } finally {
    await admin.execute(sql`select pg_advisory_unlock(${TEMPLATE_LOCK})`)
  }
}

/** The same for the same migrations in the same order, and never for others. */
async function fingerprint(contexts: readonly Migrations[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { schema, folder } of contexts) {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
    hash.update(JSON.stringify([schema, files]))
    for (const file of files) hash.update(await readFile(new URL(file, folder)))
  }
  return hash.digest('hex').slice(0, 24)
}

async function onServer<T>(
  url: string,
  work: (postgres: Postgres) => Promise<T>,
  connectionsMax = 1,
): Promise<T> {
  await using postgres = openPostgres(url, { connectionsMax, applicationName: 'testkit' })
  return await work(postgres)
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
