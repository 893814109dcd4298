import type { Clock } from '@coffer/runtime/clock'
import type { AdaptiveLimit, RequestEnd } from './adaptive-limit.ts'

/** Tells how a request that was let through has ended. */
export type Leave = (end: RequestEnd) => void

/** Lets requests to one endpoint through, first come first served, as its limit allows. */
export type RequestGate = {
  /** Resolves when it is the caller's turn; to `undefined` if it isn't within `timeoutMs`. */
  enter(timeoutMs: number): Promise<Leave | undefined>
}

/** Why a pause ends early. Without a reason given an error is made each time. */
const OVER = 'over'

type Waiter = (leave: Leave | undefined) => void

export function requestGate(limit: AdaptiveLimit, clock: Clock): RequestGate {
  let waiting: Waiter[] = []
  /** Ends the pause until the next request may be sent. */
  let pausing: AbortController | undefined

  const pass = (waiter: Waiter) => {
    const ended = limit.started(clock.nowMs())
    waiter((end) => {
      ended(end, clock.nowMs())
      admit()
    })
  }
  const admit = () => {
    pausing?.abort(OVER)
    while (waiting.length > 0) {
      const now = clock.nowMs()
      const at = limit.startsAt(now)
      if (at === undefined) return
      if (at > now) return admitIn(at - now)
      const first = waiting.shift()
      if (first) pass(first)
    }
  }
  const admitIn = (ms: number) => {
    const mine = new AbortController()
    pausing = mine
    void clock.pause(ms, mine.signal).then(() => {
      if (!mine.signal.aborted) admit()
    })
  }

  return {
    enter(timeoutMs) {
      const now = clock.nowMs()
      const at = limit.startsAt(now)
      // An endpoint that wants to be left alone for longer: ask another now, not then.
      if (at !== undefined && at - now > timeoutMs) return Promise.resolve(undefined)
      return new Promise((resolve) => {
        const over = new AbortController()
        const waiter: Waiter = (leave) => {
          over.abort(OVER)
          resolve(leave)
        }
        waiting.push(waiter)
        admit()
        if (over.signal.aborted) return
        void clock.pause(timeoutMs, over.signal).then(() => {
          if (over.signal.aborted) return
          waiting = waiting.filter((each) => each !== waiter)
          waiter(undefined)
        })
      })
    },
  }
}
