import { ACCOUNTING_EVENTS, SETTLEMENT_EVENTS } from '@coffer/events/topics'
import { healthServer } from '@coffer/http/health-server'
import { postgresProbes } from '@coffer/http/postgres-probes'
import { bullmqJobs } from '@coffer/jobs/open-jobs'
import { runJobs } from '@coffer/jobs/run-jobs'
import { handleDeliveries } from '@coffer/messaging/consume'
import { postgresLetterStates } from '@coffer/messaging/letter-states'
import { countDeadLetters, measureMessaging } from '@coffer/messaging/messaging-metrics'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { runRelay } from '@coffer/messaging/run-relay'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError as isTransient } from '@coffer/postgres/transient'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { processName } from '@coffer/runtime/process-name'
import { runUntilStopped } from '@coffer/runtime/run-until-stopped'
import { wakeUp } from '@coffer/runtime/wake-up'
import { settlementHandler } from '@coffer/settlements/events'
import { settlementJobs } from '@coffer/settlements/jobs'
import { postgresSettling } from '@coffer/settlements/postgres-settling'
import { openTelemetry } from '@coffer/telemetry/open-telemetry'
import { settlementConfig } from './config.ts'

const config = settlementConfig(process.env)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
await using resources = new AsyncDisposableStack()
const telemetry = resources.use(await openTelemetry('settlement', config.LOG_LEVEL, process.env))
const { logger, metrics } = telemetry

const postgres = resources.use(openPostgres(config.DATABASE_URL, { applicationName: 'settlement' }))
const messaging = await openMessaging({ ...config.messaging, clientId: 'settlement', logger })
const producer = resources.use(await messaging.producer())
const settled = wakeUp()
const told = { onSettled: settled.call, metrics }
const settling = postgresSettling({ postgres, defaults: config.defaults, ...told })

// Kafka → settlements: what reaches its threshold is settled with the batch that brings it there.
const onDeadLetter = countDeadLetters(metrics)
const redrives = postgresLetterStates(postgres)
const failures = { deadLetters: producer, redrives, logger, isTransient, onDeadLetter }
const handle = settlementHandler({ ...settling, logger })
const handler = handleDeliveries({ handle, consumer: 'settlement', ...failures })
const member = { ...config.member, topics: [ACCOUNTING_EVENTS] }
const consumer = messaging.consumer(member)

// PostgreSQL → settlements: what matured, schedules, requests, and reserves whose time is over.
const queue = resources.use(bullmqJobs({ ...config.queue, logger }))
const due = { queue, due: settling.due, everyMs: config.JANITOR_MS }
const jobs = runJobs({ ...due, name: 'settlement', handle: settlementJobs(settling), logger })

// Settlements → Kafka: what was settled is published until the broker has acknowledged it.
const owed = { topic: SETTLEMENT_EVENTS, ...config.relay, holder: processName(), wakeUp: settled }
const relay = runRelay({ postgres, producer, ...owed, broker: messaging.broker, logger })

measureMessaging(metrics, { postgres, messaging, reader: member })
resources.use(
  await healthServer({ port: config.HEALTH_PORT, ...postgresProbes(postgres, metrics) }),
)
await runUntilStopped([(signal) => consumer.run(handler, signal), relay, jobs])
