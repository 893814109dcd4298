import type { TestDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed, ETH } from '../testing/sample-events.ts'
import { checkLedger } from './check-ledger.ts'
import { postTransactions } from './post-transactions.ts'
import { lockShard, SHARDS } from './postgres-shards.ts'
import { trialBalance } from './trial-balance.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await ledgerDatabase({ connectionsMax: SHARDS + 2 })
})
afterAll(() => database[Symbol.asyncDispose]())

const SYSTEM_NAMES = [{ owner: 'system', code: 'custody', asset: ETH }] as const

/** Posts a credit and stays open until `goOn`; answers the shard of custody that it took. */
function openPosting(number: number, goOn: Promise<void>) {
  const posted = Promise.withResolvers<number>()
  const ended = database.postgres.transaction(async (tx) => {
    const draft = depositCredit(confirmed({ number, owner: `owner-${number}`, amount: 5n }).data)
    const [outcome] = await postTransactions(tx, [draft])
    posted.resolve(
      outcome?.status === 'created' ? (outcome.transaction.entries[0]?.shard ?? -1) : -1,
    )
    await goOn
  })
  ended.catch(posted.reject)
  return { posted: posted.promise, ended }
}

test('lets as many post at the same time as there are shards, and adds up what they booked', async () => {
  const goOn = Promise.withResolvers<void>()
  const postings = Array.from({ length: SHARDS }, (_, number) => openPosting(number, goOn.promise))

  // None of them has committed, and none waits for another.
  const shards = await Promise.all(postings.map(({ posted }) => posted))
  const oneMore = openPosting(SHARDS, goOn.promise)
  const waits = async () => (await waitingForShards()) === 1
  await waitFor(waits, { what: 'the one too many to wait for a shard' })
  goOn.resolve()
  await Promise.all([...postings, oneMore].map(({ ended }) => ended))

  expect(shards.toSorted((a, b) => a - b)).toEqual(Array.from({ length: SHARDS }, (_, n) => n))
  const total = 5n * BigInt(SHARDS + 1)
  expect(await trialBalance(database.postgres)).toEqual([
    { asset: ETH, total: 0n, byCode: { custody: total, 'owner.available': -total } },
  ])
  expect(await checkLedger(database.postgres)).toEqual([])
})

test('takes the same shard on the same connection, while nobody else has it', async () => {
  const shardOn = () => database.postgres.transaction((tx) => lockShard(tx, SYSTEM_NAMES))
  const shards = await database.postgres.transaction(async (tx) => [
    await lockShard(tx, SYSTEM_NAMES),
    await lockShard(tx, SYSTEM_NAMES),
  ])

  expect(shards[0]).toBe(shards[1])
  expect(await shardOn()).toBeLessThan(SHARDS)
})

test('needs no shard for owners alone', async () => {
  const names = [{ owner: 'alice', code: 'owner.available', asset: ETH }] as const

  const locks = await database.postgres.transaction(async (tx) => {
    const shard = await lockShard(tx, names)
    const rows = await tx.execute(sql`
      select 1 from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`)
    return [shard, rows.length]
  })

  expect(locks).toEqual([0, 0])
})

async function waitingForShards(): Promise<number> {
  const rows = await database.postgres.execute(sql`
    select 1 from pg_locks
    where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`)
  return rows.length
}
