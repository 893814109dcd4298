import { WALLET_EVENTS } from '@coffer/events/topics'
import { healthServer } from '@coffer/http/health-server'
import { bullmqJobs } from '@coffer/jobs/open-jobs'
import { countDeadLetters, measureMessaging } from '@coffer/messaging/messaging-metrics'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { runRelay } from '@coffer/messaging/run-relay'
import { PUBLISHED_TOPICS } from '@coffer/payments/events'
import { expirePayments } from '@coffer/payments/expire-payments'
import { postgresExpiryCalendar } from '@coffer/payments/expiry-calendar'
import { expiryJobs } from '@coffer/payments/jobs'
import { postgresPaymentRooms } from '@coffer/payments/payment-rooms'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { processName } from '@coffer/runtime/process-name'
import { runUntilStopped } from '@coffer/runtime/run-until-stopped'
import { wakeUp } from '@coffer/runtime/wake-up'
import { openTelemetry } from '@coffer/telemetry/open-telemetry'
import { cardChannel } from './card-channel.ts'
import { paymentsConfig } from './config.ts'
import { eventHandler } from './event-handler.ts'
import { paymentProbes } from './payment-probes.ts'

const config = paymentsConfig(process.env)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
await using resources = new AsyncDisposableStack()
const telemetry = resources.use(await openTelemetry('payments', config.LOG_LEVEL, process.env))
const { logger, metrics } = telemetry
const postgres = resources.use(openPostgres(config.DATABASE_URL, { applicationName: 'payments' }))
const messaging = await openMessaging({ ...config.messaging, clientId: 'payments', logger })
const producer = resources.use(await messaging.producer())

// Kafka → payments: what a batch changes is one transaction; offsets are committed after it.
const use = { rooms: postgresPaymentRooms(postgres), consumer: 'payments', now: () => new Date() }
const failures = { deadLetters: producer, onDeadLetter: countDeadLetters(metrics), logger }
const handler = eventHandler(postgres, use, failures)
const outboxes = PUBLISHED_TOPICS.map((topic) => ({ topic, wakeUp: wakeUp() }))
const onHandled = () => outboxes.map((outbox) => outbox.wakeUp.call())
const member = { ...config.member, topics: [WALLET_EVENTS], onHandled }

// Payments → Kafka: what is committed, by the API too, is published until it is acknowledged.
const owed = { ...config.relay, holder: processName(), broker: messaging.broker, logger }
const relays = outboxes.map((outbox) => runRelay({ postgres, producer, ...owed, ...outbox }))

// What nobody paid in time expires: Redis wakes, PostgreSQL knows.
const queue = resources.use(bullmqJobs({ ...config.expiryQueue, logger }))
const calendar = postgresExpiryCalendar(postgres)
const expiry = { ...config.expiry, calendar, expirePayments: expirePayments(use), queue, logger }
const cards = cardChannel({ ...config.cards, postgres, logger })

measureMessaging(metrics, { postgres, messaging, reader: member })
const probes = paymentProbes(postgres, metrics)
resources.use(await healthServer({ port: config.HEALTH_PORT, ...probes }))
await runUntilStopped([
  (signal) => messaging.consumer(member).run(handler, signal),
  ...relays,
  expiryJobs(expiry),
  ...cards,
])
