import { describeError } from '@coffer/errors/app-error'
import { backoffMs, pause } from '@coffer/runtime/backoff'
import { crashPoint } from '@coffer/runtime/crash-point'
import type { Logger } from '@coffer/telemetry/logger'
import type { BatchHandler, Delivery } from '../ports.ts'

const RETRY = { firstMs: 50, maxMs: 1_000 }

export type Fetched = {
  /** Those of one partition in order. */
  deliveries: readonly Delivery[]
  handler: BatchHandler
  batchSizeMax: number
  logger: Logger
  onHandled?: () => void
  /** Tells the broker that the group has handled these and all before them. */
  commit(handled: readonly Delivery[]): Promise<void>
  /** Aborts when the group answers that it goes on without this member until it joins again. */
  lost: AbortSignal
  /** Aborts when the consumer stops or its membership has ended. */
  signal: AbortSignal
}

/**
 * Hands over what was fetched, part by part, and commits each part after its handler has succeeded.
 * A part whose handler throws is handed over again until it succeeds, while the membership lives
 * on. Throws when the group is rebalancing: the caller must join again.
 */
export async function handleFetched(fetched: Fetched): Promise<void> {
  const { deliveries, batchSizeMax, lost, signal, onHandled, commit } = fetched
  for (let start = 0; start < deliveries.length && !signal.aborted; start += batchSizeMax) {
    const part = deliveries.slice(start, start + batchSizeMax)
    const isHandled = await handleUntilDone(part, fetched)
    // What was handled is committed even when the group rebalances: it still accepts that.
    if (isHandled) {
      onHandled?.()
      crashPoint('consumer.before-offsets')
      await commit(part)
      crashPoint('consumer.after-offsets')
    }
    if (lost.aborted) throw lost.reason
  }
}

/** Whether `part` was handled; false when it was given up because of a stop or a rebalance. */
async function handleUntilDone(
  part: readonly Delivery[],
  { handler, logger, signal, lost }: Fetched,
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
