import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ScanStore } from '../ports.ts'
import { CHAIN } from '../testing/fake-transfers.ts'
import { type ScanDatabase, scanDatabase } from '../testing/scan-database.ts'
import {
  ALICE,
  block,
  chainOf,
  confirmed,
  OWNERS,
  on,
  ownerOf,
  pay,
  ref,
  START,
} from '../testing/scan-facts.ts'
import { postgresScanStore } from './postgres-scan-store.ts'
import { ensureChain, LeaseLostError } from './scan-lease.ts'

let database: ScanDatabase
beforeAll(async () => {
  database = await scanDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  await database.clear()
  await ensureChain(database.postgres, { chain: CHAIN, start: START })
  for (const [address, owner] of OWNERS) await database.watch(CHAIN, owner, [address])
})

describe('a lease, by the clock of the database,', () => {
  test('passes to a standby when its holder is silent, which then can write nothing', async () => {
    const sleeper = storeOf('sleeper', 60_000)
    const standby = storeOf('standby', 60_000)
    await sleeper.open()
    expect(await standby.open()).toBeUndefined()

    // The holder sleeps from here on: it neither renews its lease nor knows that it lost it.
    await database.postgres.execute(sql`
      update deposits.chains set lease_until = clock_timestamp() + interval '100 milliseconds'`)
    await waitFor(() => standby.open(), { what: 'the standby to take over', intervalMs: 5 })

    await expect(sleeper.advance(on(null, chainOf(10)))).rejects.toThrow(LeaseLostError)
    await standby.advance(on(null, chainOf(10), [pay(1, 10)], 10))
    await expect(sleeper.advance(on(block(10), chainOf(11)))).rejects.toThrow(LeaseLostError)
    expect(await database.events()).toEqual([confirmed(1)])
  })

  test('is renewed by its use, and handed over at once when nobody holds it', async () => {
    const holder = storeOf('holder', 60_000)
    await holder.open()
    const [before] = await leases()
    await database.postgres.execute(sql`
      update deposits.chains set lease_until = now() + interval '20 seconds'`)

    await holder.open()

    const [after] = await leases()
    expect(after?.epoch).toBe(before?.epoch)
    expect(after?.secondsLeft).toBeGreaterThan(50)
  })

  test('is counted anew for each holder, so that no two ever share an epoch', async () => {
    const epochs: (string | undefined)[] = []
    for (const name of ['one', 'two', 'one', 'two']) {
      await storeOf(name, 60_000).open()
      epochs.push((await leases())[0]?.epoch)
      await database.endLease()
    }

    expect(epochs).toEqual(['1', '2', '3', '4'])
  })

  test('that its holder lost and had again is another one, under which nothing old is written', async () => {
    const paused = storeOf('one', 60_000)
    for (const store of [paused, storeOf('two', 60_000), storeOf('one', 60_000)]) {
      await store.open()
      await database.endLease()
    }

    await expect(paused.advance(on(null, chainOf(10), [], 10))).rejects.toThrow(LeaseLostError)
  })

  test('is had by one of many that ask at once', async () => {
    const stores = Array.from({ length: 5 }, (_, index) => storeOf(`process-${index}`, 60_000))

    const opened = await Promise.all(stores.map((store) => store.open()))

    expect(opened.filter((state) => state !== undefined)).toHaveLength(1)
  })

  async function leases() {
    return await database.postgres.execute<{ epoch: string; secondsLeft: number }>(sql`
      select lease_epoch as epoch, extract(epoch from lease_until - now())::int as "secondsLeft"
      from deposits.chains`)
  }
})

describe('a connection that is lost', () => {
  test('before the commit leaves nothing, and the same advance succeeds afterwards', async () => {
    const store = storeOf('one', 60_000, killedBeforeCommit(database.postgres))
    await store.open()
    const advance = on(null, chainOf(10, 11), [pay(1, 10), pay(2, 11)], 11)

    const failure = await store.advance(advance).catch((error: unknown) => error)

    expect(isTransientPostgresError(failure)).toBe(true)
    expect(await database.deposits()).toEqual([])
    expect(await database.events()).toEqual([])
    expect(await store.open()).toMatchObject({ checkpoint: null })
    expect(await store.advance(advance)).toEqual({ found: 2, published: 2 })
  })

  test('with the reply to a commit lets nothing be stored twice', async () => {
    const store = storeOf('one', 60_000, replyLost(database.postgres))
    await store.open()
    const advance = on(null, chainOf(10, 11), [pay(1, 10), pay(2, 11)], 11)

    await expect(store.advance(advance)).rejects.toThrow('reply lost')
    await expect(store.advance(advance)).rejects.toThrow(LeaseLostError)

    expect(await store.open()).toMatchObject({ checkpoint: ref(11), final: 11n })
    expect(await database.events()).toEqual([confirmed(1), confirmed(2)])
    await store.advance(on(block(11), chainOf(12), [pay(3, 12)], 12))
    expect(await database.events()).toHaveLength(3)
  })

  test('with the reply to a roll-back lets nothing be reversed twice', async () => {
    const store = storeOf('one', 60_000)
    await store.open()
    await store.advance(on(null, chainOf(10, 11), [pay(1, 11)], 11))
    const losing = storeOf('one', 60_000, replyLost(database.postgres))
    await losing.open()
    const reorg = { from: block(11), to: block(10) }

    await expect(losing.rollBack(reorg)).rejects.toThrow('reply lost')
    await expect(losing.rollBack(reorg)).rejects.toThrow(LeaseLostError)

    expect((await database.events()).map(({ type }) => type)).toEqual([
      'deposit.confirmed',
      'deposit.reversed',
    ])
  })
})

test('an owner is the one who has the address when the deposit is stored', async () => {
  const store = storeOf('one', 60_000)
  await store.open()

  await store.advance(on(null, chainOf(10), [pay(1, 10)], 10))

  expect(await database.deposits()).toMatchObject([{ owner: ownerOf(ALICE) }])
})

function storeOf(holder: string, leaseMs: number, postgres = database.postgres): ScanStore {
  return postgresScanStore(postgres, { chain: CHAIN, holder, leaseMs })
}

/** Like `postgres`, but the first transaction loses its connection when it is about to commit. */
function killedBeforeCommit(postgres: Postgres): Postgres {
  let armed = true
  return transacting(postgres, async (work) => {
    return await postgres.transaction(async (tx) => {
      const result = await work(tx)
      if (!armed) return result
      armed = false
      const [backend] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await using admin = openPostgres(database.url, { connectionsMax: 1 })
      await admin.execute(sql`select pg_terminate_backend(${backend?.pid ?? 0}, 5000)`)
      return result
    })
  })
}

/** Like `postgres`, but of its first transaction nobody hears that it was committed. */
function replyLost(postgres: Postgres): Postgres {
  let armed = true
  return transacting(postgres, async (work) => {
    const result = await postgres.transaction(work)
    if (!armed) return result
    armed = false
    throw new Error('reply lost')
  })
}

type Transact = Postgres['transaction']

function transacting(
  postgres: Postgres,
  transaction: <T>(work: (tx: Parameters<Parameters<Transact>[0]>[0]) => Promise<T>) => Promise<T>,
): Postgres {
  const overridden: Postgres = Object.create(postgres)
  return Object.assign(overridden, { transaction })
}
