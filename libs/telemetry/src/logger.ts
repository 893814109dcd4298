import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import { fieldsWithoutSecrets, textWithoutSecrets } from './without-secrets.ts'

/** What the code logs with; the message says what happened, the fields say to what. */
export type Logger = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Logger
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** One JSON line an event on standard output, without secrets: see `fieldsWithoutSecrets`. */
export function createLogger(
  process: string,
  level: LogLevel = 'info',
  destination?: DestinationStream,
): Logger {
  const options = {
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // Errors are told by `fieldsWithoutSecrets`; pino would take what it makes of them for others.
    serializers: { err: (told: unknown) => told },
  }
  return withoutSecretsIn(destination ? pino(options, destination) : pino(options))
}

function withoutSecretsIn(to: PinoLogger): Logger {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: object, message: string): void => {
      if (to.isLevelEnabled(level)) to[level](fieldsOf(fields), textWithoutSecrets(message))
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => withoutSecretsIn(to.child(fieldsWithoutSecrets(fields))),
  }
}

/** An error that is logged by itself is told as pino does: under `err`. */
const fieldsOf = (fields: object): Record<string, unknown> =>
  fieldsWithoutSecrets(fields instanceof Error ? { err: fields } : fields)

/** A logger that says nothing, for tests. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}
