import { openPostgres } from '@coffer/postgres/open-postgres'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { runUntilStopped } from '@coffer/runtime/run-until-stopped'
import { runSandbox } from '@coffer/sandbox/sandbox-server'
import { createLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { sandboxConfig } from './config.ts'

const config = sandboxConfig(process.env)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
const logger = createLogger('sandbox', config.LOG_LEVEL)
const metrics = createMetrics('sandbox')
await using resources = new AsyncDisposableStack()

const postgres = resources.use(openPostgres(config.DATABASE_URL, { applicationName: 'sandbox' }))
const sandbox = runSandbox({
  postgres,
  apiKeys: [config.SANDBOX_KEY],
  secret: config.SANDBOX_SECRET,
  delayMs: config.SANDBOX_DELAY_MS,
  host: config.SANDBOX_HOST,
  port: config.SANDBOX_PORT,
  logger,
  metrics,
})

await runUntilStopped([sandbox])
