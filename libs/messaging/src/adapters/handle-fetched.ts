import { describeError } from '@coffer/errors/app-error'
import { backoffMs, pause } from '@coffer/runtime/backoff'
import type { Logger } from '@coffer/telemetry/logger'
import type { EachBatchPayload, IHeaders, KafkaMessage } from 'kafkajs'
import type { BatchHandler, Delivery } from '../ports.ts'

/** How often a member tells its group that it lives, milliseconds. */
export const HEARTBEAT_MS = 2_000

/** Answers of a group that goes on without this member until it joins again. */
const LOST = new Set<unknown>([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
])

const RETRY = { firstMs: 50, maxMs: 1_000 }

export type Fetched = {
  /** Batches of different partitions. */
  payloads: readonly EachBatchPayload[]
  handler: BatchHandler
  batchSizeMax: number
  logger: Logger
  topicPrefix?: string
  onHandled?: () => void
  /** Aborts when the consumer stops or its membership has ended. */
  signal: AbortSignal
}

/**
 * Hands over what was fetched, part by part, and commits the offsets of each part after its handler
 * has succeeded. A part whose handler throws is handed over again until it succeeds, while the
 * membership lives on. Throws when the group is rebalancing: the caller must join again.
 */
export async function handleFetched(fetched: Fetched): Promise<void> {
  const { payloads, batchSizeMax, signal, topicPrefix = '', onHandled } = fetched
  const [first] = payloads
  if (first === undefined) return
  const deliveries = payloads.flatMap(({ batch }) =>
    batch.messages.map((message) => readMessage(message, batch, topicPrefix)),
  )
  const membership = keepMembership(first, fetched.logger)
  try {
    for (let start = 0; start < deliveries.length && !signal.aborted; start += batchSizeMax) {
      const part = deliveries.slice(start, start + batchSizeMax)
      const isHandled = await handleUntilDone(part, fetched, membership.lost)
      // What was handled is committed even when the group rebalances: it still accepts that.
      if (isHandled) {
        onHandled?.()
        await commit(part, payloads, topicPrefix)
      }
      if (membership.lost.aborted) throw membership.lost.reason
    }
  } finally {
    membership.stop()
  }
}

/** Whether `part` was handled; false when it was given up because of a stop or a rebalance. */
async function handleUntilDone(
  part: readonly Delivery[],
  { handler, logger, signal }: Fetched,
  lost: AbortSignal,
): Promise<boolean> {
  const givenUp = AbortSignal.any([signal, lost])
  for (let attempt = 1; !givenUp.aborted; attempt += 1) {
    try {
      await handler(part)
      return true
    } catch (error) {
      const from = part[0]
      logger.warn(
        {
          topic: from?.topic,
          partition: from?.partition,
          offset: from?.offset,
          count: part.length,
          attempt,
          error: describeError(error),
        },
        'Deliveries were not handled; they will be delivered again',
      )
      await pause(backoffMs(attempt, RETRY), givenUp)
    }
  }
  return false
}

async function commit(
  part: readonly Delivery[],
  payloads: readonly EachBatchPayload[],
  topicPrefix: string,
): Promise<void> {
  const lasts = new Map<EachBatchPayload, string>()
  for (const { topic, partition, offset } of part) {
    const owner = payloads.find(
      ({ batch }) => batch.partition === partition && batch.topic === `${topicPrefix}${topic}`,
    )
    if (owner) lasts.set(owner, offset)
  }
  await payloads[0]?.commitOffsetsIfNecessary({
    topics: [...lasts].map(([{ batch }, offset]) => ({
      topic: batch.topic,
      partitions: [{ partition: batch.partition, offset: (BigInt(offset) + 1n).toString() }],
    })),
  })
  for (const [payload, offset] of lasts) payload.resolveOffset(offset)
}

/** Sends heartbeats until stopped; `lost` aborts when the group answers that it goes on without. */
function keepMembership(
  payload: EachBatchPayload,
  logger: Logger,
): { lost: AbortSignal; stop(): void } {
  const lost = new AbortController()
  const onFailure = (error: unknown) => {
    // An error of the network is no answer; the next commit or heartbeat will tell.
    if (LOST.has(error instanceof Error && 'type' in error ? error.type : '')) lost.abort(error)
    else logger.debug({ error: describeError(error) }, 'A heartbeat failed')
  }
  const timer = setInterval(() => void payload.heartbeat().catch(onFailure), HEARTBEAT_MS / 2)
  return { lost: lost.signal, stop: () => clearInterval(timer) }
}

function readMessage(
  message: KafkaMessage,
  { topic, partition }: { topic: string; partition: number },
  topicPrefix: string,
): Delivery {
  return {
    topic: topic.slice(topicPrefix.length),
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? '',
    headers: readHeaders(message.headers ?? {}),
    value: message.value?.toString() ?? '',
  }
}

/** Headers as text; of a name that occurs more than once, the last. */
function readHeaders(headers: IHeaders): Record<string, string> {
  const read: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value
    if (last !== undefined) read[name] = last.toString()
  }
  return read
}
