import { countEvents } from '@coffer/analytics/count-events'
import { analyticsHandler } from '@coffer/analytics/events'
import { postgresStatistics } from '@coffer/analytics/postgres-statistics'
import { healthServer } from '@coffer/http/health-server'
import { postgresProbes } from '@coffer/http/postgres-probes'
import { handleDeliveries } from '@coffer/messaging/consume'
import { postgresLetterStates } from '@coffer/messaging/letter-states'
import { countDeadLetters, measureMessaging } from '@coffer/messaging/messaging-metrics'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError as isTransient } from '@coffer/postgres/transient'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { runUntilStopped } from '@coffer/runtime/run-until-stopped'
import { openTelemetry } from '@coffer/telemetry/open-telemetry'
import { Counter } from 'prom-client'
import { analyticsConfig } from './config.ts'

const config = analyticsConfig(process.env)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
await using resources = new AsyncDisposableStack()
const telemetry = resources.use(await openTelemetry('analytics', config.LOG_LEVEL, process.env))
const { logger, metrics } = telemetry

const postgres = resources.use(openPostgres(config.DATABASE_URL, { applicationName: 'analytics' }))
const messaging = await openMessaging({ ...config.messaging, clientId: 'analytics', logger })
const producer = resources.use(await messaging.producer())

// Kafka → statistics: facts and totals of a batch are one transaction; offsets come after.
const counted = new Counter({
  name: 'coffer_analytics_counted_total',
  help: 'Events that changed what is counted.',
  registers: [metrics],
})
const onCounted = (count: number) => counted.inc(count)
const count = countEvents(postgresStatistics(postgres))
const handle = analyticsHandler({ countEvents: count, onCounted, logger })
const onDeadLetter = countDeadLetters(metrics)
const redrives = postgresLetterStates(postgres)
const failures = { deadLetters: producer, redrives, logger, isTransient, onDeadLetter }
const handler = handleDeliveries({ handle, consumer: 'analytics', ...failures })
const consumer = messaging.consumer(config.member)

measureMessaging(metrics, { postgres, messaging, reader: config.member })
const port = config.HEALTH_PORT
resources.use(await healthServer({ port, ...postgresProbes(postgres, metrics) }))
await runUntilStopped([(signal) => consumer.run(handler, signal)])
