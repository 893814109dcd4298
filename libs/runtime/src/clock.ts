/** Time as code may use it, so that a test or a simulation can be its master. */
export type Clock = {
  /** Milliseconds that never go back. What they count from is of no meaning. */
  nowMs(): number
  /** Waits; resolves at once, without throwing, when `signal` aborts. */
  pause(ms: number, signal?: AbortSignal): Promise<void>
}

/** The time of this machine, whatever is done to its calendar. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  // By hand: most deadlines are called off, and the timers of `node:timers/promises` then make an
  // error with a stack that nobody looks at.
  pause: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, { once: true })
    }),
}
