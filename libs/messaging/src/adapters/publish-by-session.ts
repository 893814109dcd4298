import { AppError, describeError } from '@coffer/errors/app-error'
import type { Message } from '@coffer/events/event'
import type { Logger } from '@coffer/telemetry/logger'
import type { Producer } from '../ports.ts'
import { messageChunks } from './message-chunks.ts'

/** One producer of a client: what it tells the broker of itself is good until its first failure. */
export type Session = {
  /** Resolves when the broker has answered. */
  ready: Promise<unknown>
  /** Resolves when the broker has stored all of them; if it throws, any of them may be stored. */
  send(messages: readonly Message[]): Promise<void>
  /** What the broker answered, if `error` is its refusal to store something of what was sent. */
  refusal(error: unknown): string | undefined
  /** Ends it at once: whatever it still has under way fails, and it sends nothing more. */
  cut(): void
}

export type PublishBySessionOptions = {
  openSession(): Session
  /** What the broker is called in logs and errors: `Kafka`. */
  broker: string
  logger: Logger
  /** Sending one chunk may take so long, milliseconds. */
  publishTimeoutMs: number
}

/**
 * A producer that is replaced by a new one after each failure: whether the broker stored those
 * messages is unknown then, and so is the sequence number that it expects next. While the broker is
 * away `publish` throws {@link PublishError} in bounded time; once it is back it works again. What
 * the broker refuses is a {@link PublishRefusedError}: time alone does not help.
 */
export async function publishBySession(options: PublishBySessionOptions): Promise<Producer> {
  const { openSession, broker, logger, publishTimeoutMs } = options
  let session: Session | undefined
  let tail: Promise<unknown> = Promise.resolve()
  const replace = () => {
    session?.cut()
    session = undefined
  }

  const publishNow = async (messages: readonly Message[]) => {
    try {
      session ??= openSession()
      for (const chunk of messageChunks(messages)) {
        await within(publishTimeoutMs, session.send(chunk))
      }
    } catch (error) {
      const refusal = session?.refusal(error)
      replace()
      const failure = { broker, messages, cause: error }
      throw refusal === undefined
        ? new PublishError(failure)
        : new PublishRefusedError({ ...failure, refusal })
    }
  }

  try {
    session = openSession()
    await within(publishTimeoutMs, session.ready)
  } catch (error) {
    logger.warn({ error: describeError(error) }, `${broker} is away; publishing will try again`)
    replace()
  }

  return {
    publish(messages) {
      if (messages.length === 0) return Promise.resolve()
      // One at a time: when the first of two fails, a client may give its sequence numbers to the
      // second, which the broker may then drop as a repeat of the first.
      const published = tail.then(() => publishNow(messages))
      tail = published.catch(() => undefined)
      return published
    },
    async [Symbol.asyncDispose]() {
      await tail
      replace()
    },
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`no answer within ${timeoutMs} ms`)),
    timeoutMs,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

type Failure = { broker: string; messages: readonly Message[]; cause: unknown }

/** The broker did not acknowledge these; any of them may have been stored. Publish again. */
export class PublishError extends AppError {
  readonly code: 'PUBLISH' | 'PUBLISH_REFUSED' = 'PUBLISH'

  constructor({ broker, messages, cause }: Failure, what = 'did not acknowledge') {
    const topics = [...new Set(messages.map(({ topic }) => topic))]
    super(`${broker} ${what} ${messages.length} messages for ${topics.join(', ')}`, {
      retry: 'retry',
      details: { topics, count: messages.length },
      cause,
    })
  }
}

/**
 * The broker has answered that it did not store some of these, and why; those of other partitions
 * may have been stored.
 */
export class PublishRefusedError extends PublishError {
  override readonly code = 'PUBLISH_REFUSED'

  constructor({ refusal, ...failure }: Failure & { refusal: string }) {
    super(failure, `refused (${refusal}) some of`)
  }
}
