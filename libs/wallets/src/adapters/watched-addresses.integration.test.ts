import type { Address } from '@coffer/evm/address'
import { type ChainId, chainIdOf } from '@coffer/money/chain-id'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { testDatabase } from '@coffer/testkit/test-database'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { walletsMigrations } from '../migrations.ts'
import { addresses, owners } from '../schema.ts'
import {
  ownerOf,
  readWatchedAddresses as readBytes,
  streamWatchedAddresses,
} from './watched-addresses.ts'

const CHAIN = chainIdOf(31337)

const addressOf = (seed: number): Address => `0x${seed.toString(16).padStart(40, '0')}` as Address

/** Addresses of 20 bytes each. */
const addressesIn = (bytes: Uint8Array): Address[] =>
  (Buffer.from(bytes).toString('hex').match(/.{40}/g) ?? []).map((hex) => `0x${hex}` as Address)

async function readWatchedAddresses(postgres: Postgres, chain: ChainId, since?: string) {
  const { addresses, snapshot } = await readBytes(postgres, chain, since)
  return { addresses: addressesIn(addresses), snapshot }
}

const testWallets = () => testDatabase([walletsMigrations])

async function addOwner(postgres: Postgres): Promise<string> {
  const [row] = await postgres.insert(owners).values({}).returning()
  return row?.id ?? ''
}

async function register(
  tx: Postgres | Transaction,
  owner: string,
  address: Address,
  chain: ChainId = CHAIN,
): Promise<void> {
  await tx.insert(addresses).values({ chain, address, owner, watchedFrom: 0n })
}

test('reads all addresses of a chain, then only what may be new', async () => {
  await using wallets = await testWallets()
  const { postgres } = wallets
  const owner = await addOwner(postgres)
  await register(postgres, owner, addressOf(1))
  await register(postgres, owner, addressOf(2))
  await register(postgres, owner, addressOf(3), chainIdOf(1))

  const all = await readWatchedAddresses(postgres, CHAIN, undefined)
  const unchanged = await readWatchedAddresses(postgres, CHAIN, all.snapshot)
  await register(postgres, owner, addressOf(4))
  const fresh = await readWatchedAddresses(postgres, CHAIN, unchanged.snapshot)

  expect(all.addresses.sort()).toEqual([addressOf(1), addressOf(2)])
  expect(unchanged.addresses).toEqual([])
  expect(fresh.addresses).toEqual([addressOf(4)])
})

test('an address whose transaction commits late is not missed', async () => {
  await using wallets = await testWallets()
  const { postgres } = wallets
  const owner = await addOwner(postgres)
  const late = Promise.withResolvers<void>()
  const written = Promise.withResolvers<void>()

  const slow = postgres.transaction(async (tx) => {
    await register(tx, owner, addressOf(1))
    written.resolve()
    await late.promise
  })
  await written.promise
  await register(postgres, owner, addressOf(2))
  const before = await readWatchedAddresses(postgres, CHAIN, undefined)
  await register(postgres, owner, addressOf(3))
  const between = await readWatchedAddresses(postgres, CHAIN, before.snapshot)
  late.resolve()
  await slow
  const after = await readWatchedAddresses(postgres, CHAIN, between.snapshot)

  expect(before.addresses).toEqual([addressOf(2)])
  expect(between.addresses).toEqual([addressOf(3)])
  expect(after.addresses).toEqual([addressOf(1)])
})

test('a transaction that stays open makes nobody read again what was read', async () => {
  await using wallets = await testWallets()
  const { postgres } = wallets
  const owner = await addOwner(postgres)
  const [written, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]

  const open = postgres.transaction(async (tx) => {
    await register(tx, owner, addressOf(1))
    written.resolve()
    await end.promise
  })
  await written.promise
  const answers: Address[][] = []
  let { snapshot } = await readWatchedAddresses(postgres, CHAIN, undefined)
  for (const number of [2, 3, 4]) {
    await register(postgres, owner, addressOf(number))
    const fresh = await readWatchedAddresses(postgres, CHAIN, snapshot)
    snapshot = fresh.snapshot
    answers.push(fresh.addresses)
  }
  end.resolve()
  await open

  expect(answers).toEqual([[addressOf(2)], [addressOf(3)], [addressOf(4)]])
})

test('tells when the database was set back to an earlier moment', async () => {
  await using wallets = await testWallets()
  const later = String(2n ** 40n + 3n)

  const after = await readBytes(wallets.postgres, CHAIN, `${later}:${later}:`)
  const again = await readBytes(wallets.postgres, CHAIN, after.snapshot)

  expect([after.isSetBack, again.isSetBack]).toEqual([true, false])
})

test('misses no address that many writers register while it reads again and again', async () => {
  await using wallets = await testWallets()
  const { postgres } = wallets
  const owner = await addOwner(postgres)
  const found = new Set<Address>()
  let since: string | undefined
  const read = async () => {
    const { addresses: fresh, snapshot } = await readWatchedAddresses(postgres, CHAIN, since)
    for (const address of fresh) found.add(address)
    since = snapshot
  }

  let writing = true
  const reader = (async () => {
    while (writing) await read()
  })()
  const writers = [0, 1, 2].map(async (writer) => {
    for (let index = 0; index < 60; index += 1) {
      await postgres.transaction(async (tx) => {
        await register(tx, owner, addressOf(1 + writer * 1_000 + index))
        // One more round trip, so that transactions overlap and commit out of order.
        await tx.execute(sql`select 1`)
      })
    }
  })
  await Promise.all(writers)
  writing = false
  await reader
  await read()

  expect(found.size).toBe(180)
})

test('streams everything in chunks and goes on from there', async () => {
  await using wallets = await testWallets()
  const { postgres } = wallets
  const owner = await addOwner(postgres)
  await postgres.execute(sql`
    insert into wallets.addresses (chain, address, owner, watched_from)
    select ${CHAIN}, decode(lpad(to_hex(number), 40, '0'), 'hex'), ${owner}::uuid, 0
    from generate_series(1, 25000) as number`)
  await register(postgres, owner, addressOf(1), chainIdOf(1))
  const chunks: Address[][] = []

  const snapshot = await streamWatchedAddresses(postgres, CHAIN, (chunk) =>
    chunks.push(addressesIn(chunk)),
  )
  await register(postgres, owner, addressOf(30_000))

  expect(chunks.length).toBeGreaterThan(1)
  expect(chunks.flat()).toHaveLength(25_000)
  expect(new Set(chunks.flat()).size).toBe(25_000)
  expect((await readWatchedAddresses(postgres, CHAIN, snapshot)).addresses).toEqual([
    addressOf(30_000),
  ])
})

test('streams one moment of the table, and what is registered meanwhile is new', async () => {
  await using wallets = await testWallets()
  const { postgres } = wallets
  const owner = await addOwner(postgres)
  await postgres.execute(sql`
    insert into wallets.addresses (chain, address, owner, watched_from)
    select ${CHAIN}, decode(lpad(to_hex(number), 40, '0'), 'hex'), ${owner}::uuid, 0
    from generate_series(1, 25000) as number`)
  const registered: Promise<void>[] = []
  const streamed: Address[] = []

  const snapshot = await streamWatchedAddresses(postgres, CHAIN, (chunk) => {
    streamed.push(...addressesIn(chunk))
    registered.push(register(postgres, owner, addressOf(30_000 + registered.length)))
  })
  await Promise.all(registered)

  const fresh = await readWatchedAddresses(postgres, CHAIN, snapshot)
  expect(streamed).toHaveLength(25_000)
  expect(fresh.addresses.sort()).toEqual(registered.map((_, index) => addressOf(30_000 + index)))
})

test('an empty chain has a snapshot to go on from', async () => {
  await using wallets = await testWallets()

  const { addresses: none, snapshot } = await readWatchedAddresses(
    wallets.postgres,
    CHAIN,
    undefined,
  )

  expect(none).toEqual([])
  const streamed = await streamWatchedAddresses(wallets.postgres, CHAIN, () => undefined)
  for (const text of [snapshot, streamed]) expect(text).toMatch(/^\d+:\d+:[\d,]*$/)
})

test('tells whose addresses are, on their chain only', async () => {
  await using wallets = await testWallets()
  const { postgres } = wallets
  const [first, second] = [await addOwner(postgres), await addOwner(postgres)]
  await register(postgres, first, addressOf(1))
  await register(postgres, second, addressOf(2))
  await register(postgres, second, addressOf(3), chainIdOf(1))

  const asked = [1, 2, 3, 4].map((number) => addressOf(number).slice(2))
  const found = await postgres.execute(sql`
    select ${ownerOf(CHAIN, sql`decode(asked, 'hex')`)} as owner
    from unnest(${sql.param(asked)}::text[]) with ordinality as list (asked, place)
    order by place`)

  expect(found).toEqual([{ owner: first }, { owner: second }, { owner: null }, { owner: null }])
})
