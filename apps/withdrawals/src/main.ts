import { PAYMENT_EVENTS, WALLET_EVENTS } from '@coffer/events/topics'
import { chainConfigs } from '@coffer/evm/chain-config'
import { healthServer } from '@coffer/http/health-server'
import { postgresProbes } from '@coffer/http/postgres-probes'
import { bullmqJobs } from '@coffer/jobs/open-jobs'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { runRelay } from '@coffer/messaging/run-relay'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { processName } from '@coffer/runtime/process-name'
import { runUntilStopped } from '@coffer/runtime/run-until-stopped'
import { wakeUp } from '@coffer/runtime/wake-up'
import { openTelemetry } from '@coffer/telemetry/open-telemetry'
import { chainClients } from '@coffer/withdrawals/chain-clients'
import { runPayouts } from '@coffer/withdrawals/jobs'
import { prometheusPayoutMetrics } from '@coffer/withdrawals/payout-metrics'
import { postgresPayouts } from '@coffer/withdrawals/postgres-payouts'
import { postgresWithdrawalRooms } from '@coffer/withdrawals/withdrawal-rooms'
import { withdrawalsConfig } from './config.ts'
import { hotWallets } from './hot-wallets.ts'
import { refundConsumer } from './refund-consumer.ts'
import { sweeping } from './sweeping.ts'

const clientId = 'withdrawals'
const chains = await chainConfigs(process.env)
const config = withdrawalsConfig(process.env, chains)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
await using resources = new AsyncDisposableStack()
const telemetry = resources.use(await openTelemetry(clientId, config.LOG_LEVEL, process.env))
const { logger, metrics } = telemetry

const postgres = resources.use(openPostgres(config.DATABASE_URL, { applicationName: clientId }))
const messaging = await openMessaging({ ...config.messaging, clientId, logger })
const producer = resources.use(await messaging.producer())
const queue = resources.use(bullmqJobs({ url: config.REDIS_URL, queue: 'withdrawals', logger }))
const { clients } = resources.use(chainClients(chains))
const { signer, own } = resources.use(await hotWallets(config.SIGNER_SOCKET, postgres))

// Queue → chain → ledger. What is under way is in PostgreSQL, jobs only wake.
const rooms = postgresWithdrawalRooms(postgres)
const counted = { postgres, signer, stuckAfterMs: config.STUCK_AFTER_MS }
const payoutMetrics = prometheusPayoutMetrics(metrics, counted)
const settings = chains.flatMap((chain) => own.map((sender) => config.settingsOf(chain, sender)))
const stored = { rooms, payouts: postgresPayouts(postgres) }
const paying = { ...config.payouts, ...stored, clients, signer, settings, queue, logger }
const payouts = runPayouts({ ...paying, metrics: payoutMetrics })

// Kafka → queue: refunds that were granted.
const refunds = refundConsumer({ rooms, chains, own, postgres, producer, logger, metrics })
const consumer = messaging.consumer({ ...config.member, topics: [PAYMENT_EVENTS] })

const reading = { messaging, member: config.member, producer, metrics }
const swept = { ...paying, ...reading, chains, own, postgres }
const sweeps = resources.use(await sweeping(process.env, swept))
const owed = { ...config.relay, topic: WALLET_EVENTS, holder: processName(), wakeUp: wakeUp() }
const relay = runRelay({ postgres, producer, ...owed, broker: messaging.broker, logger })
const probes = postgresProbes(postgres, metrics)
resources.use(await healthServer({ port: config.HEALTH_PORT, ...probes }))
await runUntilStopped([payouts, ...sweeps.work, relay, (signal) => consumer.run(refunds, signal)])
