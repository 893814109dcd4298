import { ACCOUNTING_EVENTS, CHANNEL_EVENTS } from '@coffer/events/topics'
import { chainConfigs } from '@coffer/evm/chain-config'
import { healthServer } from '@coffer/http/health-server'
import { postgresProbes } from '@coffer/http/postgres-probes'
import { bullmqJobs } from '@coffer/jobs/open-jobs'
import { handleDeliveries } from '@coffer/messaging/consume'
import { postgresLetterStates } from '@coffer/messaging/letter-states'
import { countDeadLetters, measureMessaging } from '@coffer/messaging/messaging-metrics'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError as isTransient } from '@coffer/postgres/transient'
import { measureReconciliation } from '@coffer/reconciliation/metrics'
import { openReconciledChains } from '@coffer/reconciliation/open-reconciled-chains'
import { reconciliationWork } from '@coffer/reconciliation/work'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { runUntilStopped } from '@coffer/runtime/run-until-stopped'
import { openTelemetry } from '@coffer/telemetry/open-telemetry'
import { paidWithdrawals } from '@coffer/withdrawals/paid-withdrawals'
import { reconciliationConfig } from './config.ts'
import { invariantChecks } from './invariant-checks.ts'
import { watchInvariants } from './watch-invariants.ts'

const config = reconciliationConfig(process.env)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
const name = 'reconciliation'
await using resources = new AsyncDisposableStack()
const telemetry = resources.use(await openTelemetry(name, config.LOG_LEVEL, process.env))
const { logger, metrics } = telemetry

const postgres = resources.use(openPostgres(config.DATABASE_URL, { applicationName: name }))
const messaging = await openMessaging({ ...config.messaging, clientId: name, logger })
const deadLetters = resources.use(await messaging.producer())
const queue = bullmqJobs({ url: config.REDIS_URL, queue: 'reconciliation.runs', logger })
resources.use(queue)

const configs = await chainConfigs(process.env)
const { RECONCILIATION_RPC_URLS: rpcUrls } = config
const { chains } = resources.use(openReconciledChains({ postgres, configs, rpcUrls }))

// What is booked and what channels say is held against each other as it comes; the rest in runs.
const held = { ...config.work, chains, payouts: paidWithdrawals(postgres) }
const { handle, jobs } = reconciliationWork({ postgres, queue, logger, ...held })
const onDeadLetter = countDeadLetters(metrics)
const redrives = postgresLetterStates(postgres)
const failures = { deadLetters, redrives, logger, isTransient, onDeadLetter }
const handler = handleDeliveries({ handle, consumer: name, ...failures })
const member = { ...config.member, topics: [ACCOUNTING_EVENTS, CHANNEL_EVENTS] }
const consumer = messaging.consumer(member)

measureMessaging(metrics, { postgres, messaging, reader: member })
measureReconciliation(metrics, postgres)
const checks = invariantChecks(postgres)
const watch = watchInvariants({ checks, metrics, logger, everyMs: config.invariantsEveryMs })
const { HEALTH_PORT: port } = config
resources.use(await healthServer({ port, ...postgresProbes(postgres, metrics) }))
await runUntilStopped([(signal) => consumer.run(handler, signal), jobs, watch])
