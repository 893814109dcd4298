import { AppError } from '@coffer/errors/app-error'
import { CommanderError } from 'commander'
import { ApiCallError } from './api-client.ts'
import type { ExitName } from './exit-codes.ts'

/** Failures of ours that mean something else to a caller than that it failed. */
const BY_CODE: Readonly<Record<string, ExitName>> = {
  ADDRESS_INVALID: 'usage',
  CHAIN_MISMATCH: 'usage',
  CHAIN_UNKNOWN: 'usage',
  CONFIG: 'usage',
  CLI_IMPORT_FILE: 'usage',
  CLI_NO_COFFER: 'unreachable',
  DEAD_LETTER_ID: 'usage',
  DEVSTACK_GIVEN_PART: 'unreachable',
  SEAL_FILE: 'usage',
  SEAL_KEY: 'usage',
  SEAL_MISSING: 'missing',
  SIMULATOR_AMOUNT: 'usage',
  TOPIC_UNKNOWN: 'missing',
}

/** What the system says of somebody who does not answer. */
const UNREACHABLE: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE', 'ETIMEDOUT'],
  ...['EAI_AGAIN', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT'],
])

/** How a command ends that `error` has stopped. */
export function exitOfError(error: unknown): ExitName {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'done' : 'usage'
  if (error instanceof ApiCallError) return exitOfStatus(error.status)
  const causes = causesOf(error)
  // A file that is named and that nobody can open.
  if (causes.some(({ code, syscall }) => code === 'ENOENT' && syscall === 'open')) return 'missing'
  if (causes.some(({ code }) => UNREACHABLE.has(code))) return 'unreachable'
  if (!(error instanceof AppError)) return 'failed'
  return BY_CODE[error.code] ?? (error.retry === 'retry' ? 'unreachable' : 'failed')
}

/** By what the API has answered, if it has. */
function exitOfStatus(status: number | undefined): ExitName {
  if (status === undefined) return 'unreachable'
  if (status === 404) return 'missing'
  if (status === 429 || status === 502 || status === 503 || status === 504) return 'unreachable'
  return status >= 400 && status < 500 ? 'refused' : 'failed'
}

type Cause = Error & { code?: unknown; syscall?: unknown; errors?: unknown }

/** The error, what caused it, and so on; of many tries to connect each one. */
export function causesOf(error: unknown): Cause[] {
  if (!(error instanceof Error)) return []
  const { cause, errors } = error as Cause
  const tries = Array.isArray(errors) ? errors : []
  return [error, ...[cause, ...tries].flatMap(causesOf)]
}
