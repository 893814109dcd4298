/** What a caller may do about a failure: try the same thing again, or never. */
export type Retry = 'retry' | 'never'

/** Facts about one failure, for logs and operators. Never sent to an API client. */
export type Details = Readonly<Record<string, unknown>>

export type AppErrorOptions = {
  retry: Retry
  details?: Details
  cause?: unknown
}

/** A failure we expected and named. Anything else thrown is a bug. */
export abstract class AppError extends Error {
  /** Stable and greppable; the heading of its entry in `docs/errors.md`. */
  abstract readonly code: string
  readonly retry: Retry
  readonly details: Details

  constructor(message: string, { retry, details = {}, cause }: AppErrorOptions) {
    super(message, { cause })
    this.name = new.target.name
    this.retry = retry
    this.details = details
  }
}

/** The chain of messages from `error` down to its first cause, for one log line. */
export function describeError(error: unknown): string {
  const messages: string[] = []
  for (let current = error; current !== undefined && current !== null; ) {
    messages.push(current instanceof Error ? current.message : String(current))
    current = current instanceof Error ? current.cause : undefined
  }
  return messages.join(': ')
}
