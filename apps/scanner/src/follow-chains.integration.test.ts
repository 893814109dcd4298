import { postgresEndpointHealth } from '@coffer/deposits/endpoint-health'
import { depositsMigrations } from '@coffer/deposits/migrations'
import { deposits } from '@coffer/deposits/schema'
import { startAnvil } from '@coffer/devstack/start-anvil'
import { parseAddress } from '@coffer/evm/address'
import { chainConfigs } from '@coffer/evm/chain-config'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { type ChainId, chainIdOf } from '@coffer/money/chain-id'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { wakeUp } from '@coffer/runtime/wake-up'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { silentLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { testDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { addresses, owners } from '@coffer/wallets/schema'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { followChains } from './follow-chains.ts'

const OWNER = '00000000-0000-7000-8000-00000000000a'
const ADDRESS = parseAddress(`0x${'5'.repeat(40)}`)
const [ONE, TWO] = [chainIdOf(31_337), chainIdOf(31_338)]

test('a chain whose node is away holds up no other, and catches up by itself', async () => {
  await using resources = new AsyncDisposableStack()
  const postgres = await watchingOwner(resources)
  const [one, two] = [await nodeOf(resources, '31337'), await nodeOf(resources, '31338')]
  const configs = [...(await configOf(one.url, '31337')), ...(await configOf(two.url, '31338'))]
  await two.stop()
  const { work, stop } = await follow(configs, postgres)
  resources.defer(stop)
  const working = Promise.all(work)

  await pay(one.url, 1)
  await waitFor(() => countOf(postgres, ONE), { what: 'the first chain while the second is away' })
  const { host } = new URL(two.url)
  const health = postgresEndpointHealth(postgres)
  const ofTwo = async () => (await health.list()).find(({ endpoint }) => endpoint.includes(host))
  const isTold = async () => ((await ofTwo())?.failures ?? 0) > 0
  await waitFor(isTold, { what: 'operators to be told that the second node is away' })
  await two.start()
  await pay(two.url, 1)
  await waitFor(() => countOf(postgres, TWO), { what: 'the second chain to be scanned' })
  await two.stop()
  await pay(one.url, 2)
  await waitFor(async () => (await countOf(postgres, ONE)) === 3, { what: 'the first chain' })
  await two.start()
  await pay(two.url, 3)
  await waitFor(async () => (await countOf(postgres, TWO)) === 4, { what: 'the second to be back' })

  await stop()
  expect(await working).toEqual(work.map(() => undefined))
})

test('coin whose calls are read later is found behind the scan', async () => {
  await using resources = new AsyncDisposableStack()
  const postgres = await watchingOwner(resources)
  const anvil = await nodeOf(resources, '31337')
  const settings = { RPC_URLS: anvil.url, CHAIN_ID: '31337', CONFIRMATIONS: '1' }
  const configs = await chainConfigs({ ...settings, NATIVE_TRANSFERS: 'traces-later' })
  const { stop } = await follow(configs, postgres)
  resources.defer(stop)

  await pay(anvil.url, 3)

  await waitFor(async () => (await countOf(postgres, ONE)) === 3, { what: 'the lane to find them' })
})

test('a block that its node hints at is scanned at once, long before the next look', async () => {
  await using resources = new AsyncDisposableStack()
  const postgres = await watchingOwner(resources)
  const anvil = await nodeOf(resources, '31337')
  const settings = { RPC_URLS: anvil.url, WS_URLS: anvil.url.replace('http', 'ws') }
  const configs = await chainConfigs({ ...settings, CHAIN_ID: '31337', CONFIRMATIONS: '1' })
  const { stop } = await follow(configs, postgres, { pollMs: 3_600_000 })
  resources.defer(stop)

  // The first may be found as the scan begins, but then it rests for an hour.
  for (const before of [0, 1, 2]) {
    const isFound = async () => {
      // Of what was mined before the scanner listened it hears by the next block.
      await pay(anvil.url, 1)
      return (await countOf(postgres, ONE)) > before
    }
    await waitFor(isFound, { what: `payment ${before + 1} to be found` })
  }

  expect(await countOf(postgres, ONE)).toBeGreaterThanOrEqual(3)
})

test('a chain whose node takes every call and answers none holds up no other', async () => {
  await using resources = new AsyncDisposableStack()
  const postgres = await watchingOwner(resources)
  const [one, two] = [await nodeOf(resources, '31337'), await nodeOf(resources, '31338')]
  const configs = [...(await configOf(one.url, '31337')), ...(await configOf(two.url, '31338'))]
  const { stop } = await follow(configs, postgres)
  resources.defer(stop)
  await pay(two.url, 1)
  await waitFor(() => countOf(postgres, TWO), { what: 'the second chain to be scanned' })

  await two.kill('SIGSTOP')
  await pay(one.url, 3)
  await waitFor(async () => (await countOf(postgres, ONE)) === 3, { what: 'the first chain' })
  const meanwhile = await countOf(postgres, TWO)
  await two.kill('SIGCONT')
  await pay(two.url, 2)
  await waitFor(async () => (await countOf(postgres, TWO)) === 3, { what: 'the second to be back' })

  expect(meanwhile).toBe(1)
})

test('an endpoint of another chain than is configured ends the work', async () => {
  await using database = await testDatabase([messagingMigrations, depositsMigrations])
  await using anvil = await startAnvil({ arguments: ['--chain-id', '31338'] })
  const { work, stop } = await follow(await configOf(anvil.url, '31337'), database.postgres)

  // The last watches the endpoints, until it is stopped.
  const ended = await Promise.allSettled(work.slice(0, 5))

  expect(ended).toMatchObject([
    { status: 'rejected', reason: { code: 'CHAIN_MISMATCH' } },
    { status: 'rejected', reason: { code: 'CHAIN_MISMATCH' } },
    { status: 'rejected', reason: { code: 'CHAIN_MISMATCH' } },
    { status: 'rejected', reason: { code: 'CHAIN_MISMATCH' } },
    { status: 'rejected', reason: { code: 'CHAIN_MISMATCH' } },
  ])
  await stop()
})

/** A database in which the address is watched on both chains. */
async function watchingOwner(resources: AsyncDisposableStack): Promise<Postgres> {
  const { postgres } = resources.use(
    await testDatabase([walletsMigrations, messagingMigrations, depositsMigrations]),
  )
  await postgres.insert(owners).values({ id: OWNER })
  for (const chain of [ONE, TWO]) {
    const row = { chain, address: ADDRESS, owner: OWNER, watchedFrom: 0n }
    await postgres.insert(addresses).values(row)
  }
  return postgres
}

const nodeOf = async (resources: AsyncDisposableStack, chain: string) =>
  resources.use(await startAnvil({ arguments: ['--chain-id', chain] }))

const configOf = (url: string, chain: string) =>
  chainConfigs({ RPC_URLS: url, CHAIN_ID: chain, CONFIRMATIONS: '1' })

async function follow(
  configs: Awaited<ReturnType<typeof configOf>>,
  postgres: Postgres,
  { pollMs = 10 }: { pollMs?: number } = {},
) {
  const stopping = new AbortController()
  const chains = await followChains(configs, {
    postgres,
    holder: 'one',
    leaseMs: 5_000,
    chunkBlocks: 10,
    chunksMax: 2,
    pollMs,
    logger: silentLogger,
    metrics: createMetrics('scanner'),
    stored: wakeUp(),
  })
  const work = chains.work.map((each) => each(stopping.signal))
  const stop = async () => {
    stopping.abort()
    await Promise.allSettled(work)
    await chains[Symbol.asyncDispose]()
  }
  return { work, stop }
}

const pay = (rpcUrl: string, count: number) =>
  simulateDeposits({ rpcUrl, addresses: [ADDRESS], count, kinds: ['native'], seed: count })

const countOf = (postgres: Postgres, chain: ChainId) =>
  postgres.$count(deposits, eq(deposits.chain, chain))
