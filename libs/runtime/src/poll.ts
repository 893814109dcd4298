import { backoffMs, pause } from './backoff.ts'
import type { Work } from './run-until-stopped.ts'
import type { WakeUp } from './wake-up.ts'

/** What a step found: more to do at once, or nothing for now. */
export type StepResult = 'busy' | 'idle'

export type PollOptions = {
  /** Pause after a step that found nothing to do, milliseconds. */
  idleMs: number
  /**
   * Where nothing was to do for long, pauses grow up to this, and are short again once there was.
   * By default they don't grow.
   */
  idleMaxMs?: number
  /** Told of every failed step; polling goes on after a growing pause. */
  onError: (error: unknown, attempt: number) => void
  /** Failures for which waiting is no cure: they end the work. */
  isFatal?: (error: unknown) => boolean
  /** Longest pause between failed steps, milliseconds. */
  retryMaxMs?: number
  /** Ends an idle pause early. */
  wakeUp?: WakeUp
}

/** A second of nothing makes a pause of 50 ms one of 250 ms. */
const IDLE_GROWTH = 1.2

/** Repeats `step` until stopped: at once while it is busy, after a pause when idle or failed. */
export function poll(step: () => Promise<StepResult>, options: PollOptions): Work {
  const {
    idleMs,
    idleMaxMs = idleMs,
    onError,
    isFatal = () => false,
    retryMaxMs = 5_000,
    wakeUp,
  } = options
  return async (signal) => {
    let pauseMs = idleMs
    for (let attempt = 0; !signal.aborted; ) {
      try {
        const result = await step()
        attempt = 0
        if (result === 'idle') await (wakeUp?.wait(pauseMs, signal) ?? pause(pauseMs, signal))
        pauseMs = result === 'busy' ? idleMs : Math.min(pauseMs * IDLE_GROWTH, idleMaxMs)
      } catch (error) {
        if (isFatal(error)) throw error
        attempt += 1
        onError(error, attempt)
        await pause(backoffMs(attempt, { firstMs: 100, maxMs: retryMaxMs }), signal)
      }
    }
  }
}
