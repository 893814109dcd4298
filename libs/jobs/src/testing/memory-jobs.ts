import { pause } from '@coffer/runtime/backoff'
import type { Job, JobQueue } from '../ports.ts'

/** A queue of this process. `flush` loses every job that waits, as FLUSHALL does. */
export function memoryJobs(): JobQueue & { flush(): void } {
  const waiting = new Map<string, number>()
  let wake = new AbortController()

  const next = (): string | undefined => {
    const nowMs = Date.now()
    for (const [id, dueMs] of waiting) if (dueMs <= nowMs) return id
    return undefined
  }
  const add = ({ id, dueAt }: Job) => {
    const dueMs = dueAt?.getTime() ?? 0
    waiting.set(id, Math.min(dueMs, waiting.get(id) ?? dueMs))
  }
  return {
    async add(jobs) {
      jobs.forEach(add)
      wake.abort()
    },
    async run(handle, { concurrency, signal, onError }) {
      const work = async () => {
        while (!signal.aborted) {
          const id = next()
          if (id === undefined) {
            if (wake.signal.aborted) wake = new AbortController()
            await pause(untilNext(waiting), AbortSignal.any([signal, wake.signal]))
            continue
          }
          waiting.delete(id)
          await handle(id).catch((error: unknown) => onError(error, id))
        }
      }
      await Promise.all(Array.from({ length: concurrency }, work))
    },
    flush: () => waiting.clear(),
    async [Symbol.asyncDispose]() {},
  }
}

const IDLE_MS = 1_000

const untilNext = (waiting: ReadonlyMap<string, number>): number =>
  Math.min(IDLE_MS, ...waiting.values().map((dueMs) => Math.max(1, dueMs - Date.now())))
