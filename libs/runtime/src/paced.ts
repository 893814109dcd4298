import { type Clock, systemClock } from './clock.ts'

/**
 * Has steps begin at least `everyMs` apart, so that each finds more to do: a round trip for ten
 * rows costs nearly as much as one for hundreds.
 */
export const paced =
  (everyMs: number, clock: Pick<Clock, 'nowMs' | 'pause'> = systemClock) =>
  <Result>(step: () => Promise<Result>): (() => Promise<Result>) => {
    let notBeforeMs = Number.NEGATIVE_INFINITY
    return async () => {
      const waitMs = notBeforeMs - clock.nowMs()
      if (waitMs > 0) await clock.pause(waitMs)
      notBeforeMs = clock.nowMs() + everyMs
      return await step()
    }
  }
