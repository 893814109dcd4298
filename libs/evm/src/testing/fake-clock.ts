import type { Clock } from '@coffer/runtime/clock'

/** A clock that stands still until it is told to go on. */
export type FakeClock = Clock & {
  /** Lets `ms` pass, and everything happen that was to happen in them. */
  advance(ms: number): Promise<void>
  /** Lets time pass until `promise` is settled. Throws if it never will be. */
  settle<T>(promise: Promise<T>): Promise<T>
}

type Timer = { at: number; resolve: () => void }

export function fakeClock(): FakeClock {
  let now = 0
  let timers: Timer[] = []

  const next = () => timers.reduce<Timer | undefined>(earlier, undefined)
  const fire = (timer: Timer) => {
    now = Math.max(now, timer.at)
    timers = timers.filter((each) => each !== timer)
    timer.resolve()
  }
  return {
    nowMs: () => now,
    pause: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const timer = { at: now + ms, resolve }
        timers.push(timer)
        signal?.addEventListener('abort', () => {
          timers = timers.filter((each) => each !== timer)
          resolve()
        })
      }),
    async advance(ms) {
      const until = now + ms
      for (;;) {
        await new Promise(setImmediate)
        const timer = next()
        if (timer === undefined || timer.at > until) break
        fire(timer)
      }
      now = until
    },
    async settle(promise) {
      let isSettled = false
      const settled = () => {
        isSettled = true
      }
      promise.then(settled, settled)
      for (;;) {
        await new Promise(setImmediate)
        if (isSettled) return await promise
        const timer = next()
        if (timer === undefined) throw new Error('Nothing will ever settle this.')
        fire(timer)
      }
    },
  }
}

const earlier = (one: Timer | undefined, other: Timer) =>
  one === undefined || other.at < one.at ? other : one
