import type { BatchHandler } from '@coffer/messaging/ports'
import type { Clock } from '@coffer/runtime/clock'
import { rightOfWay } from '@coffer/runtime/right-of-way'

export type PostingFirstOptions = {
  clock: Pick<Clock, 'nowMs'>
  /** How long what is not posting waits at most, milliseconds. */
  giveWayMs: number
}

/**
 * A batch of so many tells that more comes than can be posted at once: at half of what can, a few
 * dozen have come while the ones before were posted. It is less than one partition brings at once.
 */
const FULL_SIZE = 250

/** Between two large batches lie a fetch and maybe a small one. */
const QUIET_MS = 250

/**
 * Has posting go first while more comes than it can post at once: what is booked in such a rush is
 * announced and sealed when it is over, or when `giveWayMs` have passed.
 */
export function postingFirst({ clock, giveWayMs }: PostingFirstOptions) {
  const way = rightOfWay({ clock, quietMs: QUIET_MS, waitMsMax: giveWayMs })
  return {
    goingFirst:
      (handler: BatchHandler): BatchHandler =>
      async (deliveries) => {
        if (deliveries.length < FULL_SIZE) return await handler(deliveries)
        const post = async () => {
          await handler(deliveries)
          return 'busy' as const
        }
        await way.goingFirst(post)()
      },

    givingWay: way.catchingUp,
  }
}
