import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Coffer, startCoffer } from '@coffer/cli/start-coffer'
import type { Message } from '@coffer/events/event'
import { WALLET_EVENTS } from '@coffer/events/topics'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { enqueue } from '@coffer/messaging/outbox'
import type { Producer } from '@coffer/messaging/ports'
import { runRelay } from '@coffer/messaging/run-relay'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { wakeUp } from '@coffer/runtime/wake-up'
import { silentLogger } from '@coffer/telemetry/logger'
import { cpuSeconds } from './cpu-seconds.ts'
import { depositConfirmation } from './deposit-confirmation.ts'
import { ascending, percentile } from './percentile.ts'
import { tell } from './tell.ts'

const OWNERS = 10_000
const CHUNK = 5_000

/** What one commit writes while latency is measured, and how often one begins. */
const COMMIT_EVENTS = 5
const COMMIT_EVERY_MS = 5
const LATENCY_SECONDS = 15
const WARM_UP_COMMITS = 200

/** As the processes have it by default. */
const RELAY_BATCH_MAX = 1_000

/**
 * Events a second from the outbox to Kafka's acknowledgement where many wait, as after an outage;
 * and how long after its commit an event is acknowledged while 1,000 a second are written. Both
 * with the faster client of Kafka; the other one is measured for comparison.
 */
export async function relay({ count: events = 200_000 }: { count?: number }) {
  await using coffer = await startCoffer({ env: {}, apps: [], onProgress: tell })
  await using postgres = openPostgres(coffer.urls.DATABASE_URL, { applicationName: 'bench' })
  const timeWith = async (client: 'kafkajs' | 'platformatic') => {
    const brokers = coffer.urls.KAFKA_BROKERS.split(',')
    const config = { kind: 'kafka', client, brokers, clientId: 'bench' } as const
    const messaging = await openMessaging({ ...config, logger: silentLogger })
    await using producer = await messaging.producer()
    const time = async (size: number) => {
      await fill(postgres, size)
      return await timeBacklog(coffer, { postgres, producer, events: size })
    }
    await time(Math.ceil(events / 10))
    const backlog = await time(events)
    tell(`${client}: ${backlog.eventsPerSecond} events/s`)
    const latencies = ascending(await timeLatency({ postgres, producer }))
    return { ...backlog, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) }
  }

  const kafkajs = await timeWith('kafkajs')
  return {
    parameters: { events, owners: OWNERS, latencyEventsPerSecond: 1_000, client: 'platformatic' },
    ...(await timeWith('platformatic')),
    kafkajs,
  }
}

async function fill(postgres: Postgres, events: number): Promise<void> {
  const owners = Array.from({ length: OWNERS }, () => randomUUID())
  for (let written = 0; written < events; written += CHUNK) {
    const size = Math.min(CHUNK, events - written)
    const messages = Array.from({ length: size }, (_, place) =>
      depositConfirmation(owners[(written + place) % OWNERS] ?? ''),
    )
    await postgres.transaction((tx) => enqueue(tx, messages))
  }
}

type Relayed = { postgres: Postgres; producer: Producer }

/** Runs a relay, which tells of what was acknowledged, until `until` has resolved. */
async function relayUntil(
  { postgres, producer }: Relayed,
  onPublished: (messages: readonly Message[]) => void,
  until: (wake: () => void) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const written = wakeUp()
  const work = runRelay({
    postgres,
    producer: {
      ...producer,
      async publish(messages) {
        await producer.publish(messages)
        onPublished(messages)
      },
    },
    topic: WALLET_EVENTS,
    holder: randomUUID(),
    batchSize: RELAY_BATCH_MAX,
    logger: silentLogger,
    wakeUp: written,
  })
  const working = work(stop.signal)
  try {
    await until(written.call)
  } finally {
    stop.abort()
    await working
  }
}

async function timeBacklog(coffer: Coffer, { events, ...relayed }: Relayed & { events: number }) {
  const pids = [coffer.stack.part('postgres').pid, coffer.stack.part('kafka').pid]
  const look = () => {
    const { user, system } = process.cpuUsage()
    return [(user + system) / 1e6, ...pids.map((pid) => cpuSeconds(pid ?? 0) ?? Number.NaN)]
  }
  let published = 0
  const done = Promise.withResolvers<void>()
  const onPublished = (messages: readonly Message[]) => {
    published += messages.length
    if (published >= events) done.resolve()
  }
  const before = look()
  const began = performance.now()
  let ended = began
  await relayUntil(relayed, onPublished, async () => {
    await done.promise
    ended = performance.now()
  })
  const [relay, postgres, kafka] = look().map((now, place) => {
    const us = Math.round(((now - (before[place] ?? 0)) * 1e6) / events)
    return Number.isNaN(us) ? null : us
  })
  return {
    eventsPerSecond: Math.round(events / ((ended - began) / 1_000)),
    cpuUsPerEvent: { relay, postgres, kafka },
  }
}

/** Milliseconds from the end of a commit to the acknowledgement of each event of it. */
async function timeLatency(relayed: Relayed): Promise<number[]> {
  const acknowledged = new Map<string, number>()
  const committed = new Map<string, number>()
  const commits = (LATENCY_SECONDS * 1_000) / COMMIT_EVERY_MS
  const onPublished = (messages: readonly Message[]) => {
    const now = performance.now()
    for (const { headers } of messages) acknowledged.set(headers['ce_id'] ?? '', now)
  }
  await relayUntil(relayed, onPublished, async (wake) => {
    const began = performance.now()
    const writing: Promise<void>[] = []
    const write = async (isMeasured: boolean) => {
      const messages = Array.from({ length: COMMIT_EVENTS }, () =>
        depositConfirmation(randomUUID()),
      )
      await relayed.postgres.transaction((tx) => enqueue(tx, messages))
      const now = performance.now()
      wake()
      if (!isMeasured) return
      for (const { headers } of messages) committed.set(headers['ce_id'] ?? '', now)
    }
    for (let commit = 0; commit < WARM_UP_COMMITS + commits; commit += 1) {
      const waitMs = began + commit * COMMIT_EVERY_MS - performance.now()
      if (waitMs > 0) await pause(waitMs)
      writing.push(write(commit >= WARM_UP_COMMITS))
    }
    await Promise.all(writing)
    while ([...committed.keys()].some((id) => !acknowledged.has(id))) await pause(10)
  })
  // The acknowledgement may come before the writer hears of its own commit.
  return [...committed].map(([id, at]) => Math.max(0, (acknowledged.get(id) ?? Infinity) - at))
}
