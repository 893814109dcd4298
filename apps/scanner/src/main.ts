import { randomUUID } from 'node:crypto'
import { postgresBookings } from '@coffer/deposits/bookings'
import { chainScan } from '@coffer/deposits/chain-scan'
import { depositBookingsHandler } from '@coffer/deposits/events'
import { scanTelemetry } from '@coffer/deposits/scan-telemetry'
import { ACCOUNTING_EVENTS, WALLET_EVENTS } from '@coffer/events/topics'
import { chainConfigs } from '@coffer/evm/chain-config'
import { healthServer } from '@coffer/http/health-server'
import { handleDeliveries } from '@coffer/messaging/consume'
import { kafkaConsumer } from '@coffer/messaging/kafka-consumer'
import { kafkaProducer } from '@coffer/messaging/kafka-producer'
import { runRelay } from '@coffer/messaging/run-relay'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError as isTransient } from '@coffer/postgres/transient'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { runUntilStopped } from '@coffer/runtime/run-until-stopped'
import { wakeUp } from '@coffer/runtime/wake-up'
import { createLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { scannerConfig } from './config.ts'
import { followChain } from './follow-chain.ts'
import { scannerHealth } from './scanner-health.ts'

const config = scannerConfig(process.env)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
const logger = createLogger('scanner', config.LOG_LEVEL)
const metrics = createMetrics('scanner')
const holder = randomUUID()
await using resources = new AsyncDisposableStack()

// Chain → deposits: each block, its deposits, their events and the checkpoint in one transaction.
const postgres = resources.use(openPostgres(config.DATABASE_URL, { applicationName: 'scanner' }))
const observers = scanTelemetry(metrics, logger)
const stored = wakeUp()
const chains = []
for (const chainConfig of await chainConfigs(process.env)) {
  const { chain } = chainConfig
  const follow = { chain, logger, pollMs: config.POLL_MS, stored }
  const observer = observers(chain)
  const scan = await chainScan({ ...config.scan, config: chainConfig, postgres, observer, holder })
  chains.push(...followChain(resources.use(scan), follow))
}

// Outbox → Kafka: what was committed is published until the broker has acknowledged it.
const kafka = { ...config.kafka, clientId: 'scanner', logger }
const producer = resources.use(await kafkaProducer(kafka))
const batchSize = config.RELAY_BATCH_MAX
const publish = { postgres, producer, topic: WALLET_EVENTS, holder, leaseMs: config.LEASE_MS }
const relay = runRelay({ ...publish, batchSize, logger, wakeUp: stored })

// Ledger → deposits: which of them are credited.
const sessionTimeoutMs = config.SESSION_TIMEOUT_MS
const read = { group: 'deposits', topics: [ACCOUNTING_EVENTS], batchSizeMax: 2_000 }
const bookings = kafkaConsumer({ ...kafka, ...read, sessionTimeoutMs })
const handle = depositBookingsHandler(postgresBookings(postgres))
const onBookings = handleDeliveries({ handle, deadLetters: producer, logger, isTransient })

resources.use(await healthServer({ port: config.HEALTH_PORT, ...scannerHealth(postgres, metrics) }))
await runUntilStopped([...chains, relay, (signal) => bookings.run(onBookings, signal)])
