import { describeError } from '@coffer/errors/app-error'
import type { Logger } from '@coffer/telemetry/logger'
import type { EachBatchPayload, IHeaders, KafkaMessage } from 'kafkajs'
import type { Delivery } from '../ports.ts'
import { type Fetched, handleFetched } from './handle-fetched.ts'

/** How often a member tells its group that it lives, milliseconds. */
export const HEARTBEAT_MS = 2_000

/** Answers of a group that goes on without this member until it joins again. */
const LOST = new Set<unknown>([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
])

export type Payloads = Omit<Fetched, 'deliveries' | 'commit' | 'lost'> & {
  /** Batches of different partitions, as kafkajs hands them over. */
  payloads: readonly EachBatchPayload[]
  topicPrefix?: string
}

/** Handles the batches of one fetch together, and stays a member of the group meanwhile. */
export async function handlePayloads({ payloads, topicPrefix = '', ...rest }: Payloads) {
  const [first] = payloads
  if (first === undefined) return
  const deliveries = payloads.flatMap(({ batch }) =>
    batch.messages.map((message) => readMessage(message, batch, topicPrefix)),
  )
  const membership = keepMembership(first, rest.logger)
  try {
    const commit = (handled: readonly Delivery[]) => commitTo(payloads, handled, topicPrefix)
    await handleFetched({ ...rest, deliveries, commit, lost: membership.lost })
  } finally {
    membership.stop()
  }
}

async function commitTo(
  payloads: readonly EachBatchPayload[],
  handled: readonly Delivery[],
  topicPrefix: string,
): Promise<void> {
  const lasts = new Map<EachBatchPayload, string>()
  for (const { topic, partition, offset } of handled) {
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
