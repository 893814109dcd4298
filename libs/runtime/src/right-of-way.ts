import type { Clock } from './clock.ts'
import type { StepResult } from './poll.ts'

export type RightOfWayOptions = {
  clock: Pick<Clock, 'nowMs'>
  /** How long after a busy step of what goes first others still wait, milliseconds. */
  quietMs: number
  /** How long others wait at most for such a pause, milliseconds. */
  waitMsMax: number
}

type Step = () => Promise<StepResult>

/** Work that goes first, and work that gives way to it, though not for ever. */
export function rightOfWay({ clock, quietMs, waitMsMax }: RightOfWayOptions) {
  let running = 0
  let busyAtMs = Number.NEGATIVE_INFINITY
  const isTaken = () => running > 0 || clock.nowMs() - busyAtMs < quietMs
  const mustWait = (sinceMs: number) => isTaken() && clock.nowMs() - sinceMs < waitMsMax
  return {
    /** Has `step` go first; only a step that was busy holds up others after it has ended. */
    goingFirst: (step: Step): Step => {
      return async () => {
        running += 1
        try {
          const result = await step()
          if (result === 'busy') busyAtMs = clock.nowMs()
          return result
        } finally {
          running -= 1
        }
      }
    },

    /**
     * Has `step` wait, which is to be idle, while what goes first has work. When it has waited as
     * long as it may it does one step.
     */
    givingWay: (step: Step): Step => {
      let sinceMs: number | undefined
      return async () => {
        sinceMs ??= clock.nowMs()
        if (mustWait(sinceMs)) return 'idle'
        sinceMs = undefined
        return await step()
      }
    },

    /**
     * Has `step` wait likewise. When it has waited as long as it may it goes on until it finds
     * nothing to do, so that what it is late by has a limit.
     */
    catchingUp: (step: Step): Step => {
      let sinceMs: number | undefined
      return async () => {
        sinceMs ??= clock.nowMs()
        if (mustWait(sinceMs)) return 'idle'
        const result = await step()
        if (result === 'idle') sinceMs = undefined
        return result
      }
    },
  }
}
