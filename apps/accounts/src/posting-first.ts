import type { BatchHandler } from '@coffer/messaging/ports'
import type { Clock } from '@coffer/runtime/clock'
import { rightOfWay } from '@coffer/runtime/right-of-way'

export type PostingFirstOptions = {
  clock: Pick<Clock, 'nowMs'>
  /** Most events of one batch. */
  batchSizeMax: number
  /** How long what is not posting waits at most, milliseconds. */
  giveWayMs: number
}

/** Batches of at least half of what they may be tell that more comes than can be posted. */
const FULL = 0.5

/** A smaller batch tells nothing, whatever it may be: it is posted in a moment. */
const FULL_SIZE_MIN = 250

/** Between two large batches lie a fetch and maybe a small one. */
const QUIET_MS = 250

/**
 * Has posting go first while more comes than it can post at once: what is booked in such a rush is
 * announced and sealed when it is over, or when `giveWayMs` have passed.
 */
export function postingFirst({ clock, batchSizeMax, giveWayMs }: PostingFirstOptions) {
  const way = rightOfWay({ clock, quietMs: QUIET_MS, waitMsMax: giveWayMs })
  const fullSize = Math.max(FULL_SIZE_MIN, batchSizeMax * FULL)
  return {
    goingFirst:
      (handler: BatchHandler): BatchHandler =>
      async (deliveries) => {
        if (deliveries.length < fullSize) return await handler(deliveries)
        const post = async () => {
          await handler(deliveries)
          return 'busy' as const
        }
        await way.goingFirst(post)()
      },

    givingWay: way.catchingUp,
  }
}
