import { apiClient } from '@coffer/cli/api-client'
import { ACCOUNTING_EVENTS, WALLET_EVENTS } from '@coffer/events/topics'
import { transactionsOutbox } from '@coffer/ledger/transactions-outbox'
import { relayLag } from '@coffer/messaging/relay-lag'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { brokerCluster } from './broker-cluster.ts'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { credits, keepPaying } from './keep-paying.ts'

/**
 * Goal: nothing is lost or doubled while brokers and account services come and go under load.
 * Method: three brokers, of which each has everything and two must have what counts as published;
 * three account services of one group, with both clients of Kafka; and the leader is killed at the
 * moment when it alone has something.
 */

let under: CofferUnderTest
let cluster: ReturnType<typeof brokerCluster>

const platformatic = { env: { KAFKA_CLIENT: 'platformatic' } }

beforeAll(async () => {
  under = await cofferUnderTest({
    ...{ name: 'cluster', users: 8, brokers: 3 },
    appEnv: { accounts: { KAFKA_CLIENT: 'kafkajs' } },
  })
  cluster = brokerCluster(under)
  const { startApp } = under.coffer
  await Promise.all([
    startApp('accounts', { name: 'accounts-2', ...platformatic }),
    startApp('accounts', { name: 'accounts-3', ...platformatic }),
  ])
})

// Nobody helps: all that was paid is booked, once, and the log says the same as the ledger.
afterEach(async () => {
  await under.settle()
  expect(await credits(under)).toBe(under.paid())
  expect(await under.violations()).toEqual([])
})

afterAll(async () => {
  await under[Symbol.asyncDispose]()
})

test('goes on when one of three account services is killed and another comes, under load', async () => {
  const { apps, startApp } = under.coffer
  await using paying = keepPaying(under)
  await moreCredits(20)

  apps.get('accounts')?.kill('SIGKILL')
  const how = await apps.get('accounts')?.exited()
  await moreCredits(20)
  await startApp('accounts', { name: 'accounts-4' })
  await moreCredits(20)
  await paying.stop()

  expect(how?.signal).toBe('SIGKILL')
})

test('loses nothing with the leader, waits without a second broker, and goes on with one back', async () => {
  const place = { topic: WALLET_EVENTS, partition: 0 }
  await using paying = keepPaying(under, { timeoutMs: 150_000 })
  const leader = await cluster.leaderOf(place, 1)
  const others = [1, 2, 3].filter((id) => id !== leader)
  await moreCredits(10)

  // What the leader takes while the others stand still it alone has, and takes along.
  for (const id of others) await cluster.one(id).kill('SIGSTOP')
  await moreWaiting()
  await cluster.one(leader).kill()
  for (const id of others) await cluster.one(id).kill('SIGCONT')
  const second = await cluster.newLeaderOf(place, { gone: leader, asked: others[0] ?? 0 })
  await moreCredits(20)

  await cluster.one(second).kill()
  await moreWaiting()
  const status = await apiStatus()
  await cluster.one(second).start()
  await moreCredits(20)
  await paying.stop()
  await cluster.one(leader).start()
  await cluster.wholeAgain(WALLET_EVENTS)

  expect(status).toBe(200)
  for (const topic of [WALLET_EVENTS, ACCOUNTING_EVENTS]) {
    const partitions = await cluster.partitionsOf(topic, 1)
    expect(partitions.map(({ replicas }) => replicas.length)).toEqual(Array(12).fill(3))
  }
})

/** Waits until so many more deposits are credited. */
async function moreCredits(count: number): Promise<void> {
  const before = await credits(under)
  const isMore = async () => (await credits(under)) >= before + count
  await waitFor(isMore, { what: `${count} more credits`, timeoutMs: 90_000 })
}

/** Waits until events wait that the brokers do not acknowledge. */
async function moreWaiting(): Promise<void> {
  await waitFor(async () => (await waiting()) >= 5, { what: 'events to wait in the outbox' })
}

/** Events that wait for the brokers. */
async function waiting(): Promise<number> {
  const lags = await relayLag(under.postgres, [transactionsOutbox])
  return lags.reduce((sum, { rows }) => sum + rows, 0)
}

async function apiStatus(): Promise<number> {
  const { apiUrl: api, apiKey } = under.coffer
  await apiClient({ api, apiKey })('GET', '/v1/deposits')
  return (await fetch(`${api}/ready`)).status
}
