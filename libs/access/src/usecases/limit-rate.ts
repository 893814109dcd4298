import { AppError } from '@coffer/errors/app-error'
import type { SharedCounts } from '../ports.ts'

export type LimitRateOptions = {
  /** Counts that all processes share; undefined where each counts alone. */
  shared: SharedCounts | undefined
  /** Milliseconds since 1970. */
  now: () => number
  /** Told when counts are not shared for now, once until they are again. */
  onAlone: (error: unknown) => void
}

/** What is left of a limit. */
export type Allowance = {
  isAllowed: boolean
  /** Requests a minute. */
  limit: number
  /** At least so many more in this minute. */
  remaining: number
  resetSeconds: number
}

type MaybePromise<T> = T | Promise<T>

const WINDOW_MS = 60_000

/** A process takes so much of a limit at once: the others may have the rest. */
const LEASES = 20

/** After a failure each counts alone for so long, so that nobody waits for what is away. */
const ALONE_MS = 1_000

type Count = {
  window: number
  /** Taken from the limit and not used so far. */
  leased: number
  /** Of all processes, as far as is known. */
  taken: number
  /** Nothing is left for anybody. */
  isDry: boolean
  running: Promise<void> | undefined
}

/**
 * Counts requests by name against a limit a minute. Processes take leases of it from counts that
 * they share, so hardly any request waits for these. While they are away each process holds to the
 * whole limit by itself: nobody is refused for it, and nobody is without a limit.
 */
export function limitRate({ shared, now, onAlone }: LimitRateOptions) {
  const counts = new Map<string, Count>()
  let aloneUntil = 0
  let isAlone = false

  const granted = async (name: string, count: Count, wanted: number): Promise<number> => {
    if (shared === undefined || now() < aloneUntil) return count.taken + wanted
    try {
      const total = await shared.add(`${name}:${count.window}`, wanted)
      isAlone = false
      return total
    } catch (error) {
      aloneUntil = now() + ALONE_MS
      if (!isAlone) onAlone(error)
      isAlone = true
      return count.taken + wanted
    }
  }
  const lease = async (name: string, count: Count, limit: number) => {
    const wanted = Math.max(1, Math.ceil(limit / LEASES))
    const total = await granted(name, count, wanted)
    const beyond = Math.min(wanted, Math.max(0, total - limit))
    count.leased += wanted - beyond
    count.taken = total
    count.isDry = beyond > 0
  }
  const refill = (name: string, count: Count, limit: number): Promise<void> =>
    (count.running ??= lease(name, count, limit).finally(() => (count.running = undefined)))

  const countOf = (name: string, window: number): Count => {
    const known = counts.get(name)
    if (known?.window === window) return known
    // Those of minutes that are over are of no use to anybody.
    if (known === undefined && counts.size >= NAMES_MAX) counts.clear()
    const fresh = { window, leased: 0, taken: 0, isDry: false, running: undefined }
    counts.set(name, fresh)
    return fresh
  }
  const use = (count: Count, limit: number, resetSeconds: number): Allowance => {
    const isAllowed = count.leased > 0
    if (isAllowed) count.leased -= 1
    const remaining = Math.max(0, limit - count.taken) + count.leased
    return { isAllowed, limit, remaining: isAllowed ? remaining : 0, resetSeconds }
  }
  /** At once, but when a lease is used up. */
  return (name: string, limit: number): MaybePromise<Allowance> => {
    const at = now()
    const window = Math.floor(at / WINDOW_MS)
    const resetSeconds = Math.ceil(((window + 1) * WINDOW_MS - at) / 1_000)
    const count = countOf(name, window)
    if (count.leased > 0 || count.isDry) return use(count, limit, resetSeconds)
    return waitAndUse(
      () => refill(name, count, limit),
      count,
      () => use(count, limit, resetSeconds),
    )
  }
}

/** Many may wait for one lease: those for whom nothing is left of it wait for the next. */
async function waitAndUse(
  refill: () => Promise<void>,
  count: Count,
  use: () => Allowance,
): Promise<Allowance> {
  while (count.leased === 0 && !count.isDry) await refill()
  return use()
}

/** Of names whose counts are kept. */
const NAMES_MAX = 100_000

/** There were as many requests as may be. */
export class RateLimitError extends AppError {
  readonly code = 'RATE_LIMIT'

  constructor(
    { limit, resetSeconds }: Pick<Allowance, 'limit' | 'resetSeconds'>,
    by = 'with this key',
  ) {
    super(
      `There were ${limit} requests ${by} within a minute, which is as many as may be. ` +
        `Go on in ${resetSeconds} s, and ask for a higher limit if that is too few.`,
      { retry: 'retry', details: { limit } },
    )
  }
}
