import { setTimeout as sleep } from 'node:timers/promises'

export type WaitOptions = {
  /** What is waited for, to finish the sentence "Still waiting for …". */
  what: string
  /**
   * Give up after this long, milliseconds. The default allows for a machine that is busy with
   * other tests, whose open transactions also hold back every outbox of the shared server.
   */
  timeoutMs?: number
  /** Pause between two looks, milliseconds. */
  intervalMs?: number
}

/**
 * Looks again and again until `condition` answers something truthy, and returns that. Gives up
 * after the timeout with an error that says what was awaited and what the last look saw.
 */
export async function waitFor<T>(
  condition: () => Promise<T> | T,
  { what, timeoutMs = 40_000, intervalMs = 20 }: WaitOptions,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs
  let last: { value: T } | { error: unknown }
  do {
    try {
      const value = await condition()
      if (value) return value
      last = { value }
    } catch (error) {
      last = { error }
    }
    await sleep(intervalMs)
  } while (performance.now() < deadline)
  const seen = 'error' in last ? `threw ${String(last.error)}` : `was ${String(last.value)}`
  throw new Error(`Still waiting for ${what} after ${timeoutMs} ms. The last look ${seen}.`, {
    cause: 'error' in last ? last.error : undefined,
  })
}
