import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Delivery } from '@coffer/messaging/ports'
import { quickNode } from '@coffer/testkit/quick-node'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { bookSomeOfAll, publishedLog } from '../testing/rebuild-under-test.ts'
import type { RebuildReport } from '../usecases/rebuild-ledger.ts'
import { checkLedger } from './check-ledger.ts'
import { postgresShadow } from './postgres-shadow.ts'

/** Goal: a rebuild that is killed goes on. Method: kill its process wherever it may be. */

let database: TestDatabase
let deliveries: Delivery[]
let folder: string
let logFile: string

beforeAll(async () => {
  database = await ledgerDatabase()
  await bookSomeOfAll(database.postgres)
  deliveries = await publishedLog(database.postgres)
  folder = await mkdtemp(join(tmpdir(), 'rebuild-'))
  logFile = join(folder, 'log.json')
  await writeFile(logFile, JSON.stringify(deliveries))
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

type Run = { database: TestDatabase; place?: 'into-live' | 'beside'; crashAt?: string }

/** One run of a process of its own: how it ended, and what it reported. */
async function run({ database: { url }, place = 'beside', crashAt = '' }: Run) {
  const main = fileURLToPath(new URL('../testing/rebuild-once.ts', import.meta.url))
  const child = spawn(process.execPath, [...quickNode.args, main, url, logFile, place, crashAt], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return { code, signal, report: output === '' ? undefined : (JSON.parse(output) as RebuildReport) }
}

const KILLED = { code: null, signal: 'SIGKILL', report: undefined }

test('goes on after every kill, and finds the ledger equal', { timeout: 180_000 }, async () => {
  const points = ['rebuild.before-commit', 'rebuild.after-commit']
  const kills = [1, 2, 1, 3, 1].flatMap((pass) => points.map((point) => `${point}:${pass}`))
  kills.push('rebuild.before-compare:1')
  for (const crashAt of kills) expect(await run({ database, crashAt }), crashAt).toEqual(KILLED)

  const { report } = await run({ database })

  const transactions = deliveries.length
  expect(report).toMatchObject({ isEqual: true, isResumed: true, transactions, repeats: 0 })
})

test('puts all in place or nothing, whenever it is killed', { timeout: 180_000 }, async () => {
  await using fresh = await ledgerDatabase()
  const into = { database: fresh, place: 'into-live' } as const
  const booked = () => fresh.postgres.execute(sql`select from ledger.transactions`)
  const kills = [
    'rebuild.after-commit:1',
    'rebuild.before-commit:2',
    'rebuild.before-commit:1',
    'rebuild.after-commit:2',
    'rebuild.before-compare:1',
    'rebuild.before-put-in-place:1',
    'rebuild.before-put-in-place:1',
    'rebuild.before-put-in-place:1',
  ]
  for (const crashAt of kills) {
    expect(await run({ ...into, crashAt }), crashAt).toEqual(KILLED)
    expect(await booked()).toEqual([])
  }
  expect(await run({ ...into, crashAt: 'rebuild.after-put-in-place:1' })).toEqual(KILLED)

  expect(await booked()).toHaveLength(deliveries.length)
  const { report } = await run({ database: fresh })
  expect(report).toMatchObject({ isEqual: true, isResumed: true })
  expect(await checkLedger(fresh.postgres)).toEqual([])
})

test('begins anew when the last one has ended, and when the database lost it', async () => {
  const { postgres } = database
  const extents = async () => [{ partition: 0, first: 0n, end: 9n }]
  const fresh = { isResumed: false, partitions: [{ partition: 0, first: 0n, next: 0n, end: 9n }] }
  const shadow = postgresShadow(postgres)

  expect(await shadow.begin(extents)).toEqual(fresh)
  expect(await shadow.begin(extents)).toEqual({ ...fresh, isResumed: true })
  await shadow.end({ drop: false })
  expect(await shadow.begin(extents)).toEqual(fresh)
  // A crash of PostgreSQL empties tables that are not logged.
  await postgres.execute(sql`truncate ledger_rebuild.run, ledger_rebuild.partitions`)
  expect(await shadow.begin(extents)).toEqual(fresh)
  await shadow.end({ drop: true })
})

test('refuses to read on what another rebuild has read meanwhile', async () => {
  const { postgres } = database
  const [one, other] = [postgresShadow(postgres), postgresShadow(postgres)]
  const extents = async () => [{ partition: 0, first: 0n, end: 9n }]
  await one.begin(extents)
  await other.begin(extents)
  const page = { problems: [], positions: [{ partition: 0, from: 0, next: 5 }] }
  await one.add(page)

  await expect(other.add(page)).rejects.toThrow('was read on by another rebuild')
  await one.end({ drop: true })
})
