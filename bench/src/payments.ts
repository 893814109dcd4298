import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Coffer, startCoffer } from '@coffer/cli/start-coffer'
import { readEvent } from '@coffer/events/event'
import { PAYMENT_EVENTS } from '@coffer/events/topics'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { silentLogger } from '@coffer/telemetry/logger'
import { sql } from 'drizzle-orm'
import { cpuSeconds } from './cpu-seconds.ts'
import { type Answered, loadPayments } from './load-payments.ts'
import { hundredths } from './measured.ts'
import { ascending, percentile } from './percentile.ts'
import { tell } from './tell.ts'

const MERCHANTS = 20
const IN_FLIGHT = 128

/**
 * Requests a second that ask for a payment on chain and are answered when it is durable, and how
 * long that takes; with the load generator, the database and the broker on the same machine, and
 * everything published meanwhile. Ends when each payment is in the database and its event in Kafka,
 * once: else it throws.
 */
export async function payments({ count = 100_000 }: { count?: number }) {
  const apps = ['api', 'payments'] as const
  const settings = { LOG_LEVEL: 'warn', HEAD_AGE_MAX_SECONDS: '0' }
  await using coffer = await startCoffer({ env: settings, apps, onProgress: tell })
  await using postgres = openPostgres(coffer.urls.DATABASE_URL, { applicationName: 'bench' })
  const { apiUrl, apiKey } = coffer
  const merchants = await makeMerchants(coffer)
  const asset = coffer.chain?.assets[1]?.id ?? ''
  const load = { apiUrl, apiKey, merchants, asset, inFlight: IN_FLIGHT }

  const warmUp = await loadPayments({ ...load, count: Math.ceil(count / 3) })
  tell(`warmed up at ${Math.round(warmUp.ids.length / warmUp.seconds)} requests/s`)
  const before = cpusOf(coffer)
  const measured = await loadPayments({ ...load, count })
  const after = cpusOf(coffer)
  tell(`${Math.round(count / measured.seconds)} requests/s`)
  const ended = performance.now()
  await published(postgres)
  const publishedAfterSeconds = hundredths((performance.now() - ended) / 1_000)
  await verify(coffer, { postgres, answered: [warmUp, measured] })

  const latencies = ascending(measured.latenciesMs)
  const us = (name: keyof typeof before) => {
    const each = Math.round(((after[name] - before[name]) * 1e6) / count)
    return Number.isNaN(each) ? null : each
  }
  return {
    parameters: { count, merchants: MERCHANTS, inFlight: IN_FLIGHT },
    requestsPerSecond: Math.round(count / measured.seconds),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    publishedAfterSeconds,
    cpuUsPerRequest: {
      ...{ generator: us('generator'), api: us('api'), payments: us('payments') },
      ...{ postgres: us('postgres'), kafka: us('kafka') },
    },
  }
}

async function makeMerchants({ apiUrl, apiKey }: Coffer): Promise<string[]> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ name: 'Books', email: 'books@example.com', feeBasisPoints: 100 })
  const make = async () => {
    const answer = await fetch(`${apiUrl}/v1/merchants`, { method: 'POST', headers, body })
    return ((await answer.json()) as { id: string }).id
  }
  return await Promise.all(Array.from({ length: MERCHANTS }, make))
}

function cpusOf({ stack, apps }: Coffer) {
  const { user, system } = process.cpuUsage()
  const of = (pid: number | undefined) => cpuSeconds(pid ?? 0) ?? Number.NaN
  return {
    generator: (user + system) / 1e6,
    api: of(apps.get('api')?.pid()),
    payments: of(apps.get('payments')?.pid()),
    postgres: of(stack.part('postgres').pid),
    kafka: of(stack.part('kafka').pid),
  }
}

/** Waits until nothing is owed to the broker. */
async function published(postgres: Postgres): Promise<void> {
  for (;;) {
    const [row] = await postgres.execute<{ owed: boolean }>(sql`
      select exists (
        select from messaging.outbox as row left join messaging.relays as relay using (topic)
        where relay.topic is null
          or (row.transaction_id, row.id) > (relay.transaction_id, relay.outbox_id)) as owed`)
    if (row?.owed === false) return
    await pause(20)
  }
}

/** Throws unless each payment that was answered is stored, and was told of once. */
async function verify(
  { urls }: Coffer,
  { postgres, answered }: { postgres: Postgres; answered: readonly Answered[] },
): Promise<void> {
  const ids = new Set(answered.flatMap((each) => each.ids))
  const rows = await postgres.execute<{ id: string }>(sql`select id from payments.payments`)
  const stored = new Set(rows.map(({ id }) => id))
  const told = await toldCounts(urls.KAFKA_BROKERS.split(','), ids.size)
  const lost = [...ids].filter((id) => !stored.has(id)).length
  const untold = [...ids].filter((id) => told.get(id) !== 1).length
  const requests = answered.reduce((sum, each) => sum + each.ids.length, 0)
  if (ids.size !== requests || lost > 0 || untold > 0 || told.size !== stored.size) {
    throw new Error(
      `Of ${requests} payments that were answered ${lost} are not stored, and ${untold} not told ` +
        `once; ${ids.size} are different, ${stored.size} are stored and ${told.size} told.`,
    )
  }
  tell(`each of ${requests} payments is stored, and told once`)
}

/** How often each payment is told of as created, in all that payment.events holds. */
async function toldCounts(brokers: readonly string[], least: number): Promise<Map<string, number>> {
  const config = { kind: 'kafka', client: 'platformatic', brokers, clientId: 'bench' } as const
  const messaging = await openMessaging({ ...config, logger: silentLogger })
  await using log = await messaging.log()
  const extents = await log.extents(PAYMENT_EVENTS)
  const total = extents.reduce((sum, { first, end }) => sum + Number(end - first), 0)
  if (total < least) throw new Error(`Kafka holds ${total} events of ${least} payments.`)
  const told = new Map<string, number>()
  const reading = new AbortController()
  let read = 0
  const reader = { group: randomUUID(), topics: [PAYMENT_EVENTS], batchSizeMax: 2_000 }
  await messaging.consumer(reader).run(async (deliveries) => {
    for (const event of deliveries.map(readEvent)) {
      if (event.type !== 'payment.created') continue
      const { paymentId } = event.data
      told.set(paymentId, (told.get(paymentId) ?? 0) + 1)
    }
    read += deliveries.length
    if (read >= total) reading.abort()
  }, reading.signal)
  return told
}
