import { NOTIFICATION_EVENTS } from '@coffer/events/topics'
import { chainConfigs } from '@coffer/evm/chain-config'
import { healthServer } from '@coffer/http/health-server'
import { postgresProbes } from '@coffer/http/postgres-probes'
import { bullmqJobs } from '@coffer/jobs/open-jobs'
import { handleDeliveries } from '@coffer/messaging/consume'
import { postgresLetterStates } from '@coffer/messaging/letter-states'
import { countDeadLetters, measureMessaging } from '@coffer/messaging/messaging-metrics'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { runRelay } from '@coffer/messaging/run-relay'
import { NEWS_TOPICS } from '@coffer/notifications/events'
import { newsHandler } from '@coffer/notifications/news-handler'
import { runNotifications } from '@coffer/notifications/run-notifications'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError as isTransient } from '@coffer/postgres/transient'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { processName } from '@coffer/runtime/process-name'
import { runUntilStopped } from '@coffer/runtime/run-until-stopped'
import { wakeUp } from '@coffer/runtime/wake-up'
import { openTelemetry } from '@coffer/telemetry/open-telemetry'
import { notificationsConfig } from './config.ts'

const NAME = 'notifications'
const config = notificationsConfig(process.env)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
const assets = (await chainConfigs(process.env)).flatMap((chain) => chain.assets)
await using resources = new AsyncDisposableStack()
const telemetry = resources.use(await openTelemetry(NAME, config.LOG_LEVEL, process.env))
const { logger, metrics } = telemetry

const postgres = resources.use(openPostgres(config.DATABASE_URL, { applicationName: NAME }))
const messaging = await openMessaging({ ...config.messaging, clientId: NAME, logger })
const producer = resources.use(await messaging.producer())
const letters = resources.use(bullmqJobs({ ...config.letterQueue, logger }))
const lanes = resources.use(bullmqJobs({ ...config.laneQueue, logger }))
const announced = wakeUp()

// Kafka → notifications: whom an event concerns is written down once, and then told.
const onDeadLetter = countDeadLetters(metrics)
const redrives = postgresLetterStates(postgres)
const failures = { deadLetters: producer, redrives, logger, isTransient, onDeadLetter }
const handle = newsHandler({ postgres, ageMaxMs: config.ageMaxMs, letters, lanes, logger })
const handler = handleDeliveries({ handle, consumer: NAME, ...failures })
const member = { ...config.member, topics: NEWS_TOPICS }
const reading = (signal: AbortSignal) => messaging.consumer(member).run(handler, signal)

// Notifications → mail server and endpoints.
const told = { postgres, assets, letters, lanes, onAnnounced: announced.call, metrics, logger }

// Notifications → Kafka: who was told.
const owed = { topic: NOTIFICATION_EVENTS, ...config.relay, holder: processName() }
const { broker } = messaging
const relay = runRelay({ postgres, producer, ...owed, broker, wakeUp: announced, logger })

measureMessaging(metrics, { postgres, messaging, reader: member })
const health = { port: config.HEALTH_PORT, ...postgresProbes(postgres, metrics) }
resources.use(await healthServer(health))
await runUntilStopped([reading, relay, runNotifications({ ...told, ...config.sending })])
