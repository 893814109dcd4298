import type { Clock } from '@coffer/runtime/clock'

/** Why a signal aborts. Without a reason given an error is made each time, and nobody reads it. */
const OVER = 'over'

/**
 * What `work` resolves to, or what `tooLate` makes if that takes longer than `ms`. The work is told
 * by its signal that nobody waits any more; what becomes of it then is nobody's concern.
 */
export async function withinDeadline<T>(
  { clock, ms, tooLate }: { clock: Clock; ms: number; tooLate: () => Error },
  work: (given: AbortSignal) => Promise<T>,
): Promise<T> {
  const givenUp = new AbortController()
  const done = new AbortController()
  const deadline = async (): Promise<never> => {
    await clock.pause(ms, done.signal)
    // Called off, as most deadlines are: an error would be made, stack and all, for nobody.
    if (done.signal.aborted) return await new Promise<never>(() => undefined)
    givenUp.abort(OVER)
    throw tooLate()
  }
  const working = work(givenUp.signal)
  try {
    return await Promise.race([working, deadline()])
  } finally {
    done.abort(OVER)
    working.catch(() => undefined)
  }
}
