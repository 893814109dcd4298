import { type StackUrls, startStack } from '@coffer/devstack/start-stack'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    stackUrls: StackUrls
  }
}

/**
 * Starts the parts that all integration tests share, tells tests their URLs, ends them. Whoever
 * keeps parts running for tests alone names them, and need not wait for their start each time.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = await startStack({ parts: ['postgres', 'kafka', 'redis'], given: keptParts() })
  await forgoDurability(stack.urls.DATABASE_URL)
  project.provide('stackUrls', stack.urls)
  return async () => await stack[Symbol.asyncDispose]()
}

/**
 * Nobody pulls the plug of the machine while tests share its server, and what survives a crash of
 * the server alone is tried on others: waiting for the disk at every commit proves nothing here.
 */
async function forgoDurability(url: string): Promise<void> {
  await using postgres = openPostgres(url, { connectionsMax: 1, applicationName: 'testkit' })
  for (const setting of ['fsync', 'full_page_writes']) {
    await postgres.execute(sql.raw(`alter system set ${setting} = off`))
  }
  await postgres.execute(sql`select pg_reload_conf()`)
}

function keptParts(): Partial<StackUrls> {
  const { TEST_DATABASE_URL, TEST_KAFKA_BROKERS, TEST_REDIS_URL } = process.env
  return {
    ...(TEST_DATABASE_URL ? { DATABASE_URL: TEST_DATABASE_URL } : {}),
    ...(TEST_KAFKA_BROKERS ? { KAFKA_BROKERS: TEST_KAFKA_BROKERS } : {}),
    ...(TEST_REDIS_URL ? { REDIS_URL: TEST_REDIS_URL } : {}),
  }
}
