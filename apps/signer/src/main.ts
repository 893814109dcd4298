import { healthServer } from '@coffer/http/health-server'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { runUntilStopped } from '@coffer/runtime/run-until-stopped'
import { openSigner } from '@coffer/signing/open-signer'
import { signerMetrics } from '@coffer/signing/signer-metrics'
import { signerServer } from '@coffer/signing/signer-server'
import { createLogger } from '@coffer/telemetry/logger'
import { createMetrics } from '@coffer/telemetry/metrics'
import { signerConfig } from './config.ts'

const config = signerConfig(process.env)
armCrashPoint(config.CRASH_AT, config.NODE_ENV)
const logger = createLogger('signer', config.LOG_LEVEL)
const metrics = createMetrics('signer')
await using resources = new AsyncDisposableStack()

// Keys, policy and journal are read once: whoever changes them starts it again.
const signer = resources.use(await openSigner(config.files))

// It speaks to nobody: it is asked on its socket, and knows no node, database or broker.
const observer = signerMetrics(metrics)
resources.use(await signerServer({ signer, path: config.SIGNER_SOCKET, logger, observer }))
resources.use(
  await healthServer({
    port: config.HEALTH_PORT,
    live: () => true,
    ready: async () => ({ ready: true, checks: { keys: 'open' } }),
    metrics: () => metrics.metrics(),
  }),
)
logger.info({ addresses: await signer.addresses() }, 'the signer is open')
await runUntilStopped([
  (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
])
