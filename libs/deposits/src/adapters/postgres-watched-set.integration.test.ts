import { chainIdOf } from '@coffer/money/chain-id'
import { addresses, owners } from '@coffer/wallets/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakeAddress } from '../testing/fake-chain.ts'
import { CHAIN } from '../testing/fake-transfers.ts'
import { type ScanDatabase, scanDatabase } from '../testing/scan-database.ts'
import { postgresWatchedSet } from './postgres-watched-set.ts'

const OWNER = '00000000-0000-7000-8000-00000000000a'

let database: ScanDatabase
beforeAll(async () => {
  database = await scanDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

test('has every address that was registered before the refresh, of its chain only', async () => {
  const watched = postgresWatchedSet(database.postgres, CHAIN)
  await watched.refresh()
  await database.watch(CHAIN, OWNER, [fakeAddress(1)])
  await database.watch(chainIdOf(1), OWNER, [fakeAddress(2)])
  expect(watched.has(fakeAddress(1))).toBe(false)

  await watched.refresh()

  expect(watched.has(fakeAddress(1))).toBe(true)
  expect(watched.has(fakeAddress(2))).toBe(false)
})

test('misses none whose registration began before that of another and was committed after', async () => {
  const { postgres } = database
  const watched = postgresWatchedSet(postgres, CHAIN)
  await postgres.insert(owners).values({ id: OWNER }).onConflictDoNothing()

  await postgres.transaction(async (slow) => {
    const row = { chain: CHAIN, owner: OWNER, watchedFrom: 0n }
    await slow.insert(addresses).values({ ...row, address: fakeAddress(3) })
    await database.watch(CHAIN, OWNER, [fakeAddress(4)])
    await watched.refresh()
    expect([watched.has(fakeAddress(3)), watched.has(fakeAddress(4))]).toEqual([false, true])
  })
  await Promise.all([watched.refresh(), watched.refresh()])

  expect(watched.has(fakeAddress(3))).toBe(true)
})
