import type { Address } from '@coffer/evm/address'
import { type ChainId, chainIdOf } from '@coffer/money/chain-id'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { testDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { walletsMigrations } from '../migrations.ts'
import { addresses, owners } from '../schema.ts'
import { ownersOf, readWatchedAddresses, streamWatchedAddresses } from './watched-addresses.ts'

const CHAIN = chainIdOf(31337)

const addressOf = (seed: number): Address => `0x${seed.toString(16).padStart(40, '0')}` as Address

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
  // Until every transaction of the server that was older has ended, some may come again.
  let { snapshot } = all
  await waitFor(
    async () => {
      const unchanged = await readWatchedAddresses(postgres, CHAIN, snapshot)
      snapshot = unchanged.snapshot
      return unchanged.addresses.length === 0
    },
    { what: 'nothing to be new' },
  )
  await register(postgres, owner, addressOf(4))
  const fresh = await readWatchedAddresses(postgres, CHAIN, snapshot)

  expect(all.addresses.sort()).toEqual([addressOf(1), addressOf(2)])
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
  expect(between.addresses).toContain(addressOf(3))
  expect(after.addresses).toContain(addressOf(1))
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
  const chunks: Address[][] = []

  const snapshot = await streamWatchedAddresses(postgres, CHAIN, (chunk) => chunks.push(chunk))
  await register(postgres, owner, addressOf(30_000))

  expect(chunks.map(({ length }) => length)).toEqual([10_000, 10_000, 5_000])
  expect(new Set(chunks.flat()).size).toBe(25_000)
  expect((await readWatchedAddresses(postgres, CHAIN, snapshot)).addresses).toContain(
    addressOf(30_000),
  )
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
  expect(BigInt(snapshot)).toBeGreaterThan(0n)
  expect(BigInt(streamed)).toBeGreaterThanOrEqual(BigInt(snapshot))
})

test('tells whose addresses are, on their chain only', async () => {
  await using wallets = await testWallets()
  const { postgres } = wallets
  const [first, second] = [await addOwner(postgres), await addOwner(postgres)]
  await register(postgres, first, addressOf(1))
  await register(postgres, second, addressOf(2))
  await register(postgres, second, addressOf(3), chainIdOf(1))

  const asked = [1, 2, 3, 4].map(addressOf)
  const found = await postgres.transaction((tx) => ownersOf(tx, CHAIN, asked))

  expect(found).toEqual(
    new Map([
      [addressOf(1), first],
      [addressOf(2), second],
    ]),
  )
  expect(await ownersOf(postgres, CHAIN, [])).toEqual(new Map())
})
