import { pino } from 'pino'

/** What the code logs with; the message says what happened, the fields say to what. */
export type Logger = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Logger
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Keys whose values never reach a log, at any depth up to two. */
const SECRETS = ['authorization', 'apiKey', 'password', 'privateKey', 'mnemonic', 'secret']

/** One JSON line an event on standard output, with secrets replaced. */
export function createLogger(process: string, level: LogLevel = 'info'): Logger {
  return pino({
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    // bigint is not JSON; amounts and heights are logged as decimal strings.
    formatters: { level: (label) => ({ level: label }), log: bigintsAsText },
    redact: {
      paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: '[secret]',
    },
  })
}

/** A logger that says nothing, for tests. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}

function bigintsAsText(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? value.toString() : value,
    ]),
  )
}
