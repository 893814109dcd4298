import { setTimeout } from 'node:timers/promises'

export type Backoff = {
  /** First wait, milliseconds. */
  firstMs: number
  /** Longest wait, milliseconds. */
  maxMs: number
}

/**
 * How long to wait after failure number `attempt` (from 1): doubling, less up to half by chance.
 */
export function backoffMs(attempt: number, { firstMs, maxMs }: Backoff): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** (attempt - 1))
  return Math.round(ceiling / 2 + (Math.random() * ceiling) / 2)
}

/** Waits; resolves at once, without throwing, when `signal` aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal ? { signal } : {}).catch(() => undefined)
}
