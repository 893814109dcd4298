import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MIGRATIONS } from '@coffer/cli/migrations'
import { startStack } from '@coffer/devstack/start-stack'
import { chainIdOf } from '@coffer/money/chain-id'
import { migrate } from '@coffer/postgres/migrate'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { sql } from 'drizzle-orm'
import { tell } from './tell.ts'
import type { WatchSetFigures } from './watch-set-process.ts'

const CHAIN = chainIdOf(31337)
const OWNERS = 1_000

/** What is left of starting takes no 60 MB for ever. */
const NODE_ARGUMENTS = ['--max-semi-space-size=4']

/** Rows that are inserted by one transaction. */
const BATCH = 500_000

/**
 * What watching ten million addresses takes: memory of a process that has loaded them as a scanner
 * does, seconds until it has, nanoseconds to look one up, half of them watched and half not, in
 * random order and as many at once as a block's logs name.
 */
export async function watchSet({ count: addresses = 10_000_000 }: { count?: number }) {
  await using stack = await startStack({ parts: ['postgres'] })
  const url = stack.urls.DATABASE_URL
  await using postgres = openPostgres(url, { applicationName: 'bench', statementTimeoutMs: 0 })
  await migrate(postgres, MIGRATIONS)
  await fill(postgres, addresses)
  const sizes = await diskSizes(postgres)
  tell(`${addresses} addresses are in PostgreSQL: ${JSON.stringify(sizes)}`)
  const figures = await load(url, addresses)
  return { addresses, ...figures, diskMb: sizes }
}

async function fill(postgres: Postgres, count: number): Promise<void> {
  await postgres.execute(sql`
    insert into wallets.owners (external_id)
    select 'bench-' || number from generate_series(1, ${OWNERS}::int) as number`)
  // Whether owners exist needs no proof here, and sorted rows reach the index in fewer places.
  await postgres.execute(sql`alter table wallets.addresses disable trigger all`)
  for (let from = 0; from < count; from += BATCH) {
    await postgres.execute(sql`
      with owner as (
        select id, row_number() over () - 1 as number from wallets.owners
      )
      insert into wallets.addresses (chain, address, owner, watched_from)
      select ${CHAIN}, substr(sha256(int4send(seed)), 1, 20), owner.id, 0
      from generate_series(${from}::int, ${Math.min(from + BATCH, count) - 1}::int) as seed
      join owner on owner.number = seed % ${OWNERS}::int
      order by 2`)
    tell(`${Math.min(from + BATCH, count)} registered`)
  }
  await postgres.execute(sql`alter table wallets.addresses enable trigger all`)
  await postgres.execute(sql`vacuum analyze wallets.addresses`)
}

/** Megabytes on disk of the table and of each of its indexes. */
async function diskSizes(postgres: Postgres): Promise<Record<string, number>> {
  const rows = await postgres.execute<{ name: string; mb: number }>(sql`
    select relname as name, round(pg_relation_size(oid) / 1e6)::int as mb from pg_class
    where relname like 'addresses%' and relnamespace = 'wallets'::regnamespace`)
  return Object.fromEntries(rows.map(({ name, mb }) => [name, mb]))
}

/** Loads the set in a process of its own, so that nothing else is in its memory. */
async function load(url: string, count: number): Promise<WatchSetFigures> {
  const script = fileURLToPath(new URL('./watch-set-process.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...NODE_ARGUMENTS,
    script,
    url,
    CHAIN,
    String(count),
  ])
  return JSON.parse(stdout)
}
