import { healthServer } from '@coffer/http/health-server'
import { postgresProbes } from '@coffer/http/postgres-probes'
import { bookDeposits } from '@coffer/ledger/book-deposits'
import { bookPayments } from '@coffer/ledger/book-payments'
import { prometheusBookingMetrics } from '@coffer/ledger/booking-metrics'
import { accountsHandler } from '@coffer/ledger/events'
import { runBookkeeping } from '@coffer/ledger/run-bookkeeping'
import { transactionsOutbox } from '@coffer/ledger/transactions-outbox'
import { postgresUnitOfWork } from '@coffer/ledger/unit-of-work'
import { handleDeliveries } from '@coffer/messaging/consume'
import { postgresLetterStates } from '@coffer/messaging/letter-states'
import { manyMembers } from '@coffer/messaging/many-members'
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
import { accountsConfig } from './config.ts'
import { postingFirst } from './posting-first.ts'

const config = accountsConfig(process.env)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
await using resources = new AsyncDisposableStack()
const telemetry = resources.use(await openTelemetry('accounts', config.LOG_LEVEL, process.env))
const { logger, metrics } = telemetry

const postgres = resources.use(openPostgres(config.DATABASE_URL, { applicationName: 'accounts' }))
const messaging = await openMessaging({ ...config.messaging, clientId: 'accounts', logger })
const producer = resources.use(await messaging.producer())
const booked = wakeUp()

// Kafka → ledger: the postings of a batch are one transaction; offsets come after.
const unitOfWork = postgresUnitOfWork({ postgres })
const bookings = { metrics: prometheusBookingMetrics(metrics), logger, unitOfWork }
const books = { bookDeposits: bookDeposits(bookings), bookPayments: bookPayments(bookings) }
const handle = accountsHandler({ ...books, ...bookings })
const onDeadLetter = countDeadLetters(metrics)
const redrives = postgresLetterStates(postgres)
const failures = { deadLetters: producer, redrives, logger, isTransient, onDeadLetter }
const { goingFirst, givingWay } = postingFirst(config.posting)
const handler = goingFirst(handleDeliveries({ handle, consumer: 'accounts', ...failures }))
const member = { ...config.member, onHandled: booked.call }
const consumer = manyMembers(config.CONSUMERS, () => messaging.consumer(member))

// Ledger → Kafka: what was booked is published until the broker has acknowledged it.
const owed = { ...transactionsOutbox, ...config.relay, holder: processName(), wakeUp: booked }
const relay = runRelay({ postgres, producer, ...owed, broker: messaging.broker, logger, givingWay })

measureMessaging(metrics, { postgres, messaging, reader: member, others: [transactionsOutbox] })
const port = config.HEALTH_PORT
resources.use(await healthServer({ port, ...postgresProbes(postgres, metrics) }))
const bookkeeping = runBookkeeping({ postgres, logger, metrics, givingWay })
await runUntilStopped([(signal) => consumer.run(handler, signal), relay, bookkeeping])
