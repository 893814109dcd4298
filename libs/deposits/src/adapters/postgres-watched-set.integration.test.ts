import { type Address, parseAddress } from '@coffer/evm/address'
import { chainIdOf } from '@coffer/money/chain-id'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { testDatabase } from '@coffer/testkit/test-database'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { oneByOne } from '../domain/among-watched.ts'
import { postgresWatchedSet } from './postgres-watched-set.ts'

const CHAIN = chainIdOf(31337)

const addressOf = (seed: number): Address =>
  parseAddress(`0x${seed.toString(16).padStart(40, '0')}`)

/** Registers the addresses of the seeds `from` to `to` in one transaction. */
async function register(
  tx: Postgres | Transaction,
  from: number,
  to: number,
  chain = CHAIN,
): Promise<void> {
  await tx.execute(sql`
    with owner as (insert into wallets.owners default values returning id)
    insert into wallets.addresses (chain, address, owner, watched_from)
    select ${chain}, decode(lpad(to_hex(seed), 40, '0'), 'hex'), owner.id, 0
    from owner, generate_series(${from}::int, ${to}::int) as seed`)
}

test('has what was registered before the refresh, on its chain only', async () => {
  await using wallets = await testDatabase([walletsMigrations])
  await register(wallets.postgres, 1, 2)
  await register(wallets.postgres, 3, 3, chainIdOf(1))
  const watched = postgresWatchedSet(wallets.postgres, CHAIN)

  await watched.refresh()
  const first = [1, 2, 3, 4].map((seed) => watched.has(addressOf(seed)))
  await register(wallets.postgres, 4, 4)
  const before = watched.has(addressOf(4))
  await watched.refresh()

  expect(first).toEqual([true, true, false, false])
  expect([before, watched.has(addressOf(4))]).toEqual([false, true])
})

test('tells of many at once who is watched, as it does of each', async () => {
  await using wallets = await testDatabase([walletsMigrations])
  await register(wallets.postgres, 1, 200)
  const watched = postgresWatchedSet(wallets.postgres, CHAIN)
  const asked = Array.from({ length: 300 }, (_, index) => addressOf(1 + 3 * index))
  const answer = Buffer.from(asked.join(''))
  const places = asked.map((_, index) => index * 42 + 2)

  expect(() => watched.among(answer, places)).toThrow(/not loaded/)
  await watched.refresh()

  expect(watched.among(answer, places)).toEqual(oneByOne(watched.has)(answer, places))
  expect(watched.among(answer, places)).toHaveLength(67)
})

test('misses none whose registration began before another and was committed after', async () => {
  await using wallets = await testDatabase([walletsMigrations])
  const { postgres } = wallets
  const watched = postgresWatchedSet(postgres, CHAIN)

  await postgres.transaction(async (slow) => {
    await register(slow, 3, 3)
    await register(postgres, 4, 4)
    await watched.refresh()
    expect([3, 4].map((seed) => watched.has(addressOf(seed)))).toEqual([false, true])
  })
  await Promise.all([watched.refresh(), watched.refresh()])

  expect(watched.has(addressOf(3))).toBe(true)
})

test('answers nothing before it is loaded', async () => {
  await using wallets = await testDatabase([walletsMigrations])
  await register(wallets.postgres, 1, 1)
  const watched = postgresWatchedSet(wallets.postgres, CHAIN)

  const loading = watched.refresh()

  expect(() => watched.has(addressOf(1))).toThrow(/not loaded/)
  await loading
  expect(watched.has(addressOf(1))).toBe(true)
})

test('whoever refreshes during the first load has what was registered before, too', async () => {
  await using wallets = await testDatabase([walletsMigrations])
  await register(wallets.postgres, 1, 50_000)
  const watched = postgresWatchedSet(wallets.postgres, CHAIN)

  const first = watched.refresh()
  await register(wallets.postgres, 50_001, 50_001)
  await watched.refresh()

  expect(watched.has(addressOf(1))).toBe(true)
  expect(watched.has(addressOf(50_000))).toBe(true)
  expect(watched.has(addressOf(50_001))).toBe(true)
  await first
})

test('takes many new addresses at once, refreshed from two sides', async () => {
  await using wallets = await testDatabase([walletsMigrations])
  const watched = postgresWatchedSet(wallets.postgres, CHAIN)
  await watched.refresh()
  await register(wallets.postgres, 1, 50_000)

  await Promise.all([watched.refresh(), watched.refresh()])

  const missing = Array.from({ length: 50_000 }, (_, index) => addressOf(index + 1)).filter(
    (address) => !watched.has(address),
  )
  expect(missing).toEqual([])
  expect(watched.has(addressOf(50_001))).toBe(false)
})

test('a load that failed is begun anew by the next refresh', async () => {
  await using wallets = await testDatabase([walletsMigrations])
  const watched = postgresWatchedSet(wallets.postgres, CHAIN)
  await wallets.postgres.execute(sql`alter table wallets.addresses rename to hidden`)

  await expect(watched.refresh()).rejects.toThrow()
  await wallets.postgres.execute(sql`alter table wallets.hidden rename to addresses`)
  await register(wallets.postgres, 1, 1)
  await watched.refresh()

  expect(watched.has(addressOf(1))).toBe(true)
})
