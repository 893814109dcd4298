import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Coffer, startCoffer } from '@coffer/cli/start-coffer'
import type { RunningApp } from '@coffer/devstack/run-app'
import { transactionsOutbox } from '@coffer/ledger/transactions-outbox'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { relayLag } from '@coffer/messaging/relay-lag'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { silentLogger } from '@coffer/telemetry/logger'
import { cpuSeconds } from './cpu-seconds.ts'
import { creditCount } from './credit-count.ts'
import { depositConfirmation } from './deposit-confirmation.ts'
import { hundredths } from './measured.ts'
import { tell } from './tell.ts'

const OWNERS = 10_000
const CHUNK = 2_000

/** Messages of the baseline, which takes one transaction for each. */
const BASELINE_SHARE = 0.05

/** Share of the messages that are for one owner, where many contend for one account. */
const CONTENDED_SHARE = 0.7

/**
 * Credits a second from messages that are in Kafka already to the committed ledger, by the account
 * service as it runs: of many owners; where most of them are for one; and as the baseline with one
 * transaction a message. In a rush the service books first and announces later, as it always does:
 * how long that takes is measured too.
 */
export async function credits({ count: messages = 200_000 }: { count?: number }) {
  await using coffer = await startCoffer({ env: {}, apps: [], onProgress: tell })
  await using postgres = openPostgres(coffer.urls.DATABASE_URL, { applicationName: 'bench' })
  const owners = Array.from({ length: OWNERS }, () => randomUUID())
  const owner = (place: number) => owners[place % OWNERS] ?? ''
  const [hot = ''] = owners
  const contended = (place: number) => (place % 10 < CONTENDED_SHARE * 10 ? hot : owner(place))
  const time = async (
    name: string,
    ownerOf: (place: number) => string,
    { share = 1, env = {} },
  ) => {
    const size = Math.ceil(messages * share)
    await publish(coffer, ownerOf, size)
    const timed = await timeCredits(coffer, postgres, { size, env })
    tell(`${name}: ${timed.perSecond} credits/s, ${JSON.stringify(timed.cpuUs)} µs each`)
    return timed
  }

  // So that the tables are not empty, nor the accounts unopened.
  await time('warm-up', owner, { share: 0.2 })
  const plain = await time('many owners', owner, {})
  const hotspot = await time('one owner', contended, {})
  const oneByOne = { BATCH_SIZE_MAX: '1', CONSUMERS: '1' }
  const baseline = await time('baseline', owner, { share: BASELINE_SHARE, env: oneByOne })
  return {
    parameters: { messages, owners: OWNERS, contendedShare: CONTENDED_SHARE },
    creditsPerSecond: plain.perSecond,
    contendedPerSecond: hotspot.perSecond,
    contendedRatio: hundredths(hotspot.perSecond / plain.perSecond),
    baselineCreditsPerSecond: baseline.perSecond,
    ratio: Math.round((plain.perSecond / baseline.perSecond) * 10) / 10,
    cpuUsPerCredit: plain.cpuUs,
    // What was left to announce when the last one was booked, and how long that then took.
    unpublished: plain.unpublished,
    publishedAfterSeconds: plain.publishedAfterSeconds,
    publishedPerSecond: plain.publishedPerSecond,
  }
}

async function publish(
  coffer: Coffer,
  ownerOf: (place: number) => string,
  count: number,
): Promise<void> {
  const brokers = coffer.urls.KAFKA_BROKERS.split(',')
  await using producer = await kafkaProducer({ brokers, clientId: 'bench', logger: silentLogger })
  for (let sent = 0; sent < count; sent += CHUNK) {
    const size = Math.min(CHUNK, count - sent)
    await producer.publish(
      Array.from({ length: size }, (_, index) => depositConfirmation(ownerOf(sent + index))),
    )
  }
}

type Process = 'accounts' | 'postgres' | 'kafka'

type Timed = {
  perSecond: number
  /** Microseconds of the processors' time a credit, in each process. */
  cpuUs: Record<Process, number | null>
  /** Credits that are not announced yet when the last one is booked, counted to 100,000. */
  unpublished: number
  /** How long after that the last one is announced. */
  publishedAfterSeconds: number
  /** Credits a second up to then. */
  publishedPerSecond: number
}

/** Times `size` credits from the first commit that is seen to the last, and their announcement. */
async function timeCredits(
  coffer: Coffer,
  postgres: Postgres,
  { size, env }: { size: number; env: Record<string, string> },
): Promise<Timed> {
  const before = await creditCount(postgres)
  const app = await coffer.startApp('accounts', { env })
  const look = async () => {
    const count = await creditCount(postgres)
    return { count, at: performance.now(), cpus: cpusOf(coffer, app) }
  }
  let first = await look()
  let last = first
  while (last.count < before + size) {
    // Counting costs the database time too: often enough for one per cent, and no more.
    await pause(100)
    last = await look()
    if (first.count === before) first = last
  }
  const unpublished = await unpublishedCount(postgres)
  while ((await unpublishedCount(postgres)) > 0) await pause(100)
  const endAt = performance.now()
  await app.stop()

  const count = last.count - first.count
  const us = (name: Process) => {
    const each = Math.round(((last.cpus[name] - first.cpus[name]) * 1e6) / count)
    return Number.isNaN(each) ? null : each
  }
  return {
    perSecond: Math.round(count / ((last.at - first.at) / 1_000)),
    cpuUs: { accounts: us('accounts'), postgres: us('postgres'), kafka: us('kafka') },
    unpublished,
    publishedAfterSeconds: hundredths((endAt - last.at) / 1_000),
    publishedPerSecond: Math.round(count / ((endAt - first.at) / 1_000)),
  }
}

function cpusOf({ stack }: Coffer, app: Pick<RunningApp, 'pid'>): Record<Process, number> {
  const seconds = (pid: number | undefined) => cpuSeconds(pid ?? 0) ?? Number.NaN
  return {
    accounts: seconds(app.pid()),
    postgres: seconds(stack.part('postgres').pid),
    kafka: seconds(stack.part('kafka').pid),
  }
}

/** Credits that are booked and not announced so far. */
async function unpublishedCount(postgres: Postgres): Promise<number> {
  const [lag] = await relayLag(postgres, [transactionsOutbox])
  return lag?.rows ?? 0
}
