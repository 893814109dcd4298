import { readFile } from 'node:fs/promises'
import { apiClient } from '@coffer/cli/api-client'
import { WALLET_EVENTS } from '@coffer/events/topics'
import { relayLag } from '@coffer/messaging/relay-lag'
import { startTcpProxy, toxics } from '@coffer/testkit/tcp-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { credits, keepPaying } from './keep-paying.ts'
import { pausedHolder, scanLease, takenFrom } from './scan-lease.ts'

/** How many replies to a COMMIT are lost. */
const CUTS = 25

/** What hangs is given up early, so that a test need not wait for that. */
const HASTY = { RPC_TIMEOUT_MS: '2000', PUBLISH_TIMEOUT_MS: '5000' }

let under: CofferUnderTest

beforeAll(async () => {
  under = await cofferUnderTest({ name: 'outages', users: 6, env: HASTY })
})

// Nobody helps: whatever was away is back, and then all must be booked, once.
afterEach(async () => {
  await under.settle()
  expect(await under.violations()).toEqual([])
})

afterAll(async () => {
  await under[Symbol.asyncDispose]()
})

test('scans and answers while Kafka is killed, and publishes when it is back', async () => {
  const kafka = under.coffer.stack.part('kafka')
  await under.pay()

  await kafka.kill()
  await expectScanningWithoutKafka()
  await kafka.start()
  await under.settle()

  expect(await waiting()).toBe(0)
})

test('scans and answers while Kafka hangs, and publishes when it goes on', async () => {
  const kafka = under.coffer.stack.part('kafka')
  await under.pay()

  const said = await listenTo('scanner')
  await kafka.kill('SIGSTOP')
  await expectScanningWithoutKafka()
  // It hangs for so long that whoever waits for it gives up.
  await said('relay step failed')
  await kafka.kill('SIGCONT')
  await under.settle()

  expect(await waiting()).toBe(0)
})

test('goes on by itself when PostgreSQL was killed under load', async () => {
  const postgres = under.coffer.stack.part('postgres')
  const before = await credits(under)

  const paying = payTimes(6)
  await postgres.kill()
  const status = await statusOf('/ready')
  await postgres.start()
  const paid = await paying
  await under.settle()

  expect(status).toBe(503)
  expect(await credits(under)).toBe(before + paid)
})

test('books all once though connections are cut after COMMIT was sent, under load', async () => {
  const { apps, startApp, urls } = under.coffer
  const url = new URL(urls.DATABASE_URL)
  await using wire = await startTcpProxy({ port: Number(url.port) })
  url.port = `${wire.port}`
  await Promise.all([apps.get('scanner')?.stop(), apps.get('accounts')?.stop()])
  const env = { DATABASE_URL: url.href }
  await Promise.all([startApp('scanner', { env }), startApp('accounts', { env })])
  let commits = 0
  const isFourthCommit = (request: Buffer) => {
    if (!/commit/i.test(request.toString('latin1'))) return false
    commits += 1
    return commits % 4 === 0
  }

  wire.add(toxics.cutReply(isFourthCommit, CUTS))
  await using paying = keepPaying(under)
  await waitFor(() => commits >= 4 * CUTS, { what: 'all cuts', timeoutMs: 90_000 })
  await paying.stop()
  await under.settle()
  await Promise.all([apps.get('scanner')?.stop(), apps.get('accounts')?.stop()])
  await Promise.all([startApp('scanner'), startApp('accounts')])

  expect(await credits(under)).toBe(under.paid())
})

test('goes on by itself when the node hung', async () => {
  const anvil = under.coffer.stack.part('anvil')
  const before = await credits(under)

  const said = await listenTo('scanner')
  await anvil.kill('SIGSTOP')
  const paying = payTimes(2)
  await said('scan step failed')
  const api = await statusOf('/health')
  await anvil.kill('SIGCONT')
  const paid = await paying
  await under.settle()

  expect(api).toBe(200)
  expect(await credits(under)).toBe(before + paid)
})

test('needs no Redis for any of this', async () => {
  const before = await credits(under)

  await under.coffer.stack.part('redis').kill()
  const paid = await payTimes(1)
  await under.settle()

  expect(await credits(under)).toBe(before + paid)
})

test('lets a standby scanner take over from one that is paused, and keeps that out', async () => {
  const { apps, startApp } = under.coffer
  await startApp('scanner', { name: 'scanner-2' })
  await using paying = keepPaying(under)

  // Whichever of the two has the lease is paused in the midst of its work, each other time of what
  // it writes.
  for (let round = 1; round <= 4; round += 1) {
    const before = await pausedHolder(under, { isWriting: round % 2 === 0 })
    await waitFor(takenFrom(under, before), { what: 'the other scanner to take over' })
    const taken = { checkpoint: await checkpoint(), ...(await scanLease(under)) }
    const goesOn = async () => (await checkpoint()) > taken.checkpoint
    await waitFor(goesOn, { what: 'the other scanner to go on' })
    before.scanner.kill('SIGCONT')
    expect(taken.epoch).toBeGreaterThan(before.epoch)
  }
  await paying.stop()
  await under.settle()
  await apps.get('scanner-2')?.stop()

  expect(await credits(under)).toBe(under.paid())
})

test('lets a standby scanner take over from one that is killed, within its lease', async () => {
  const { apps, startApp } = under.coffer
  await startApp('scanner', { name: 'scanner-2' })
  await using paying = keepPaying(under)

  const before = await pausedHolder(under)
  before.scanner.kill('SIGKILL')
  const how = await before.scanner.exited()
  // Nobody renews it any more, so that what is left of it is all that there is to wait for.
  const left = await scanLease(under)
  await waitFor(takenFrom(under, before), { what: 'the other scanner to take over' })
  const taken = await scanLease(under)
  await paying.stop()
  await under.settle()
  await apps.get('scanner-2')?.stop()
  await apps.get('scanner')?.stop()
  await startApp('scanner')

  expect(how.signal).toBe('SIGKILL')
  expect(left.secondsLeft).toBeLessThanOrEqual(0.5)
  expect(taken.epoch).toBe(before.epoch + 1)
  expect(await credits(under)).toBe(under.paid())
})

test('a scanner that starts while PostgreSQL is away ends with the reason, and one later goes on', async () => {
  const { apps, startApp } = under.coffer
  const postgres = under.coffer.stack.part('postgres')
  await apps.get('scanner')?.stop()

  await postgres.kill()
  const early = await startApp('scanner', { name: 'scanner-3', awaitHealth: false })
  const how = await early.exited()
  await postgres.start()
  await startApp('scanner')
  const paid = await payTimes(1)
  const before = under.paid() - paid
  await under.settle()

  expect(how.code).toBeGreaterThan(0)
  expect(await readFile('.coffer/e2e/outages/logs/scanner-3.log', 'utf8')).toContain('ECONNREFUSED')
  expect(await credits(under)).toBe(before + paid)
})

test('a scanner that starts while Kafka is away scans, and publishes when it is back', async () => {
  const { apps, startApp } = under.coffer
  const kafka = under.coffer.stack.part('kafka')
  await apps.get('scanner')?.stop()

  await kafka.kill()
  await startApp('scanner')
  await expectScanningWithoutKafka()
  await kafka.start()
  await under.settle()

  expect(await waiting()).toBe(0)
})

test('goes on when one of two account services of a group is killed', async () => {
  const { apps, startApp } = under.coffer
  await startApp('accounts', { name: 'accounts-2' })
  await under.pay()
  await under.settle()
  const before = await credits(under)

  const paying = payTimes(6)
  apps.get('accounts')?.kill('SIGKILL')
  const how = await apps.get('accounts')?.exited()
  const paid = await paying
  await under.settle()

  expect(how?.signal).toBe('SIGKILL')
  expect(await credits(under)).toBe(before + paid)
})

/** The scanner stores what it finds and the API answers, while the events wait. */
async function expectScanningWithoutKafka(): Promise<void> {
  await payTimes(3)
  const isAtHead = async () => (await checkpoint()) === (await under.node.head()).number
  await waitFor(isAtHead, { what: 'the scanner to be at the head' })
  const { apiUrl: api, apiKey } = under.coffer
  const answer = await apiClient({ api, apiKey })<{ items: unknown[] }>('GET', '/v1/deposits')

  expect(answer.items.length).toBeGreaterThan(0)
  expect(await waiting()).toBeGreaterThanOrEqual(18)
}

async function payTimes(times: number): Promise<number> {
  const before = under.paid()
  for (let time = 0; time < times; time += 1) await under.pay()
  return under.paid() - before
}

/** Confirmed deposits that wait for the broker. */
async function waiting(): Promise<number> {
  const lags = await relayLag(under.postgres)
  return lags.find(({ topic }) => topic === WALLET_EVENTS)?.rows ?? 0
}

async function checkpoint(): Promise<bigint> {
  const [row] = await under.postgres.execute<{ number: string }>(sql`
    select checkpoint_number as number from deposits.chains`)
  return BigInt(row?.number ?? -1)
}

const statusOf = async (path: string) => (await fetch(`${under.coffer.apiUrl}${path}`)).status

/** From now on listens to a process; the function it returns waits until that says these words. */
async function listenTo(app: string): Promise<(words: string) => Promise<void>> {
  const log = () => readFile(`.coffer/e2e/outages/logs/${app}.log`, 'utf8')
  const { length } = await log()
  return async (words) => {
    const isSaid = async () => (await log()).includes(words, length)
    await waitFor(isSaid, { what: `the ${app} to say "${words}"`, timeoutMs: 90_000 })
  }
}
