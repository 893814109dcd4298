import { pause } from './backoff.ts'

/** Lets one part of a process end another's pause. A call while nobody waits is remembered. */
export type WakeUp = {
  /** Ends the current wait, or the next one at once. */
  call(): void
  /** Resolves at the next call, after `ms`, or when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export function wakeUp(): WakeUp {
  let called = false
  let waiting: AbortController | undefined
  return {
    call() {
      called = true
      waiting?.abort()
    },
    async wait(ms, signal) {
      if (!called) {
        waiting = new AbortController()
        await pause(ms, AbortSignal.any([signal, waiting.signal]))
        waiting = undefined
      }
      called = false
    },
  }
}
