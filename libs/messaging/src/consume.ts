import { AppError, describeError } from '@coffer/errors/app-error'
import { deadLetterTopic } from '@coffer/events/topics'
import { type Backoff, backoffMs, pause } from '@coffer/runtime/backoff'
import type { Logger } from '@coffer/telemetry/logger'
import type { BatchHandler, Delivery, Producer } from './ports.ts'
import { traceHandling } from './trace-messages.ts'

/** Learns what became of dead letters. Adapter: `adapters/postgres-letter-states.ts`. */
export type RedriveOutcomes = {
  /** They were handled after all; `ids` are of the dead letters. */
  handled(ids: readonly string[]): Promise<void>
  /** It was given up once more, and a new dead letter takes its place. */
  returned(id: string): Promise<void>
}

export type HandleDeliveriesOptions = {
  /** Handles all of them or none. It must do no harm to handle a delivery twice. */
  handle: (deliveries: readonly Delivery[]) => Promise<void>
  /** Who handles them: named in the dead letters, and by whom alone a redrive can succeed. */
  consumer: string
  /** Where messages go that cannot be handled. */
  deadLetters: Producer
  /** Told what became of dead letters that were published again. */
  redrives?: RedriveOutcomes
  logger: Logger
  /** Failures of the database, broker or network, which say nothing about the messages. */
  isTransient: (error: unknown) => boolean
  /** How often a message that fails alone is tried before it becomes a dead letter. */
  attempts?: number
  backoff?: Backoff
  /** Told of each dead letter, for a counter and its alarm. */
  onDeadLetter?: (delivery: Delivery, error: unknown) => void
}

/**
 * What to do when deliveries fail. An outage (a transient error, or an AppError that says `retry`)
 * is thrown after a pause, so that they are delivered again, for ever: nothing becomes a dead
 * letter because the database is away. Otherwise the batch is halved until the message that cannot
 * be handled stands alone; it is tried `attempts` times, unless its error says `never`, and put on
 * the dead letter topic of its own topic. All others are handled, those of one key in order.
 */
export function handleDeliveries(options: HandleDeliveriesOptions): BatchHandler {
  const { handle, isTransient, backoff = { firstMs: 100, maxMs: 2_000 } } = options
  let outages = 0

  const handleTraced = async (deliveries: readonly Delivery[]) => {
    const handled = traceHandling(deliveries, options.consumer)
    try {
      await handle(deliveries)
      handled()
    } catch (error) {
      handled(describeError(error))
      throw error
    }
  }

  const handleAndTell = async (deliveries: readonly Delivery[]) => {
    await handleTraced(deliveries)
    const redriven = deliveries.flatMap((delivery) => redrivenLetter(delivery, options) ?? [])
    if (redriven.length > 0) await options.redrives?.handled(redriven)
  }

  const handleOrHalve = async (deliveries: readonly Delivery[]): Promise<void> => {
    try {
      await handleAndTell(deliveries)
    } catch (error) {
      if (isOutage(error, isTransient)) throw error
      const [only, ...others] = deliveries
      if (only !== undefined && others.length === 0) return await handleAlone(only, error)
      const half = Math.ceil(deliveries.length / 2)
      await handleOrHalve(deliveries.slice(0, half))
      await handleOrHalve(deliveries.slice(half))
    }
  }

  const handleAlone = async (delivery: Delivery, firstError: unknown): Promise<void> => {
    const { attempts = 3 } = options
    let error = firstError
    let attempt = 1
    for (; attempt < attempts && appError(error)?.retry !== 'never'; attempt += 1) {
      await pause(backoffMs(attempt, backoff))
      try {
        return await handleAndTell([delivery])
      } catch (next) {
        if (isOutage(next, isTransient)) throw next
        error = next
      }
    }
    await bury(delivery, error, attempt, options)
  }

  return async (deliveries) => {
    if (deliveries.length === 0) return
    try {
      await handleOrHalve(deliveries)
      outages = 0
    } catch (error) {
      outages += 1
      await pause(backoffMs(outages, backoff))
      throw error
    }
  }
}

/** Publishes `delivery` as it came, with the reason in its headers. */
async function bury(
  delivery: Delivery,
  error: unknown,
  attempts: number,
  options: HandleDeliveriesOptions,
): Promise<void> {
  const { consumer, deadLetters, redrives, logger, onDeadLetter } = options
  const { topic, partition, offset, key, headers, value } = delivery
  const code = appError(error)?.code ?? 'UNEXPECTED'
  const cause = describeError(error)
  await deadLetters.publish([
    {
      topic: deadLetterTopic(topic),
      key,
      headers: {
        ...headers,
        coffer_dlq_cause: cause.slice(0, CAUSE_LENGTH_MAX),
        coffer_dlq_code: code,
        coffer_dlq_attempts: `${attempts}`,
        coffer_dlq_consumer: consumer,
        coffer_dlq_topic: topic,
        coffer_dlq_partition: `${partition}`,
        coffer_dlq_offset: offset,
        coffer_dlq_at: new Date().toISOString(),
      },
      value,
    },
  ])
  const before = redrivenLetter(delivery, options)
  if (before !== undefined) await redrives?.returned(before)
  logger.error({ topic, partition, offset, key, code, attempts, cause }, 'Put on the dead letters')
  onDeadLetter?.(delivery, error)
}

/** The dead letter that `delivery` was redriven from, if that was for this consumer. */
const redrivenLetter = (
  { headers }: Delivery,
  { consumer }: HandleDeliveriesOptions,
): string | undefined =>
  headers['coffer_redrive_for'] === consumer ? headers['coffer_redrive_of'] : undefined

/** Enough for a chain of causes, little enough for a header. */
const CAUSE_LENGTH_MAX = 2_000

function isOutage(error: unknown, isTransient: (error: unknown) => boolean): boolean {
  return isTransient(error) || appError(error)?.retry === 'retry'
}

/** The first error of ours in the chain of causes. */
function appError(error: unknown): AppError | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof AppError) return current
  }
  return undefined
}
