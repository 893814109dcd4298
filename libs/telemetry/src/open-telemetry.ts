import { createLogger, type Logger, type LogLevel } from './logger.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { startTracing } from './tracing.ts'

type Telemetry = AsyncDisposable & { logger: Logger; metrics: Metrics }

/**
 * What a process tells of itself: its log, its metrics, and its part in the traces of deposits
 * where `env` names who collects them. Throws `ConfigError`.
 */
export async function openTelemetry(
  process: string,
  level: LogLevel,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Telemetry> {
  const tracing = await startTracing(process, env)
  return {
    logger: createLogger(process, level),
    metrics: createMetrics(process),
    [Symbol.asyncDispose]: () => tracing[Symbol.asyncDispose](),
  }
}
