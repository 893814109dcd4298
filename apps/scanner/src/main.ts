import { postgresBookings } from '@coffer/deposits/bookings'
import { depositBookingsHandler } from '@coffer/deposits/events'
import { ACCOUNTING_EVENTS, WALLET_EVENTS } from '@coffer/events/topics'
import { chainConfigs } from '@coffer/evm/chain-config'
import { healthServer } from '@coffer/http/health-server'
import { postgresProbes } from '@coffer/http/postgres-probes'
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
import { openTelemetry } from '@coffer/telemetry/open-telemetry'
import { scannerConfig } from './config.ts'
import { followChains } from './follow-chains.ts'

const config = scannerConfig(process.env)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
const holder = processName()
await using resources = new AsyncDisposableStack()
const telemetry = resources.use(await openTelemetry('scanner', config.LOG_LEVEL, process.env))
const { logger, metrics } = telemetry
// Who hangs in a transaction for as long as its lease lasts has lost both.
const pool = { applicationName: 'scanner', idleInTransactionMs: config.follow.leaseMs }
const postgres = resources.use(openPostgres(config.DATABASE_URL, pool))

// Chain → deposits: blocks, their deposits, the events and the checkpoint in one transaction.
const stored = wakeUp()
const follow = { ...config.follow, postgres, holder, logger, metrics, stored }
const chains = resources.use(await followChains(await chainConfigs(process.env), follow))

// Outbox → Kafka: what was committed is published until the broker has acknowledged it.
const messaging = await openMessaging({ ...config.messaging, clientId: 'scanner', logger })
const producer = resources.use(await messaging.producer())
const publish = { ...config.relay, postgres, producer, topic: WALLET_EVENTS, holder, logger }
const relay = runRelay({ ...publish, broker: messaging.broker, wakeUp: stored })

// Ledger → deposits: which of them are credited.
const handle = depositBookingsHandler(postgresBookings(postgres))
const onDeadLetter = countDeadLetters(metrics)
const redrives = postgresLetterStates(postgres)
const failures = { deadLetters: producer, redrives, logger, isTransient, onDeadLetter }
const handled = handleDeliveries({ handle, consumer: 'deposits', ...failures })
const read = { ...config.bookings, group: 'deposits', topics: [ACCOUNTING_EVENTS] }
const bookings = messaging.consumer(read)

measureMessaging(metrics, { postgres, messaging, reader: read })
resources.use(
  await healthServer({ port: config.HEALTH_PORT, ...postgresProbes(postgres, metrics) }),
)
await runUntilStopped([...chains.work, relay, (signal) => bookings.run(handled, signal)])
