import { openPostgres } from '@coffer/postgres/open-postgres'
import { pause } from '@coffer/runtime/backoff'
import { startTcpProxy } from '@coffer/testkit/tcp-proxy'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHAIN } from '../testing/fake-transfers.ts'
import { type ScanDatabase, scanDatabase } from '../testing/scan-database.ts'
import { block, OWNERS, on, pay, ref, START } from '../testing/scan-facts.ts'
import { scanStoreContract } from '../testing/scan-store-contract.ts'
import { postgresBalanceDifferences } from './postgres-balance-differences.ts'
import { postgresBookings } from './postgres-bookings.ts'
import { postgresChainStatuses } from './postgres-chain-statuses.ts'
import { postgresGapReader } from './postgres-gap-reader.ts'
import { postgresLatches } from './postgres-latches.ts'
import { postgresReleases } from './postgres-releases.ts'
import { postgresScanStore } from './postgres-scan-store.ts'
import { ensureChain } from './scan-lease.ts'

let database: ScanDatabase
beforeAll(async () => {
  database = await scanDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

scanStoreContract(async () => {
  await ensureChain(database.postgres, { chain: CHAIN, start: START })
  for (const [address, owner] of OWNERS) await database.watch(CHAIN, owner, [address])
  return {
    store: (holder) =>
      postgresScanStore(database.postgres, { chain: CHAIN, holder, leaseMs: 60_000 }),
    latches: postgresLatches(database.postgres),
    bookings: postgresBookings(database.postgres),
    gaps: postgresGapReader(database.postgres),
    releases: postgresReleases(database.postgres),
    differences: postgresBalanceDifferences(database.postgres),
    endLease: database.endLease,
    requestRescan: (from, to, gap) => database.requestRescan(CHAIN, from, to, gap),
    tamper: database.tamper,
    deposits: database.deposits,
    events: database.events,
    [Symbol.asyncDispose]: database.clear,
  }
})

test('an idle scan tells of the head, now and then, and only under its lease', async () => {
  const { postgres } = database
  await ensureChain(postgres, { chain: CHAIN, start: START })
  const storeOf = (holder: string) =>
    postgresScanStore(postgres, { chain: CHAIN, holder, leaseMs: 60_000 })
  const [active, standby] = [storeOf('active'), storeOf('standby')]
  await active.open()
  await standby.open()

  await active.noteHead({ ...ref(12), tagged: {} })
  await standby.noteHead({ ...ref(99), tagged: {} })

  const [status] = await postgresChainStatuses(postgres).all()
  expect(status?.head).toBe(12n)
  expect(status?.headAgeSeconds).toBeLessThan(3_000)

  await postgres.execute(sql`update deposits.chains set head_seen_at = now() - interval '1 hour'`)
  await active.noteHead({ ...ref(13), tagged: {} })
  const [later] = await postgresChainStatuses(postgres).all()
  expect(later?.headAgeSeconds, 'it is not written again at once').toBeGreaterThan(3_000)
  await database.clear()
})

test('a block and what was found in it are stored in four round trips', async () => {
  const { postgres } = database
  await ensureChain(postgres, { chain: CHAIN, start: START })
  for (const [address, owner] of OWNERS) await database.watch(CHAIN, owner, [address])
  const turns = await countingTurns(database.url)
  const store = postgresScanStore(turns.postgres, { chain: CHAIN, holder: 'one', leaseMs: 60_000 })
  await store.open()
  const before = turns.count()

  const stored = await store.advance(on(null, [block(10)], [pay(1, 10), pay(2, 10)], 10))

  // Begin, everything that no answer is needed for, the events of what was stored, commit.
  expect({ stored, turns: turns.count() - before }).toEqual({
    stored: { found: 2, published: 2 },
    turns: 4,
  })
  await turns[Symbol.asyncDispose]()
  await database.clear()
})

/** A pool of one connection on which answers take a while, and how often it waited for some. */
async function countingTurns(url: string) {
  const proxied = new URL(url)
  const proxy = await startTcpProxy({ port: Number(proxied.port) })
  proxied.port = proxy.port.toString()
  const postgres = openPostgres(proxied.href, { connectionsMax: 1 })
  let turns = 0
  let isAnswered = true
  proxy.add((chunk) => {
    if (isAnswered) turns += 1
    isAnswered = false
    return [chunk]
  }, 'up')
  proxy.add(async (chunk) => {
    await pause(20)
    isAnswered = true
    return [chunk]
  }, 'down')
  return {
    postgres,
    count: () => turns,
    async [Symbol.asyncDispose]() {
      await postgres[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
    },
  }
}
