/** How a request ended: `overloaded` when the endpoint had too much to do, `failed` otherwise. */
export type RequestEnd = 'answered' | 'overloaded' | 'failed'

/**
 * How many requests an endpoint may be sent at once and a second, by additive increase and
 * multiplicative decrease (as TCP does it). Times are milliseconds of the caller's clock.
 */
export type AdaptiveLimit = {
  /** When a request may be sent, now or later; `undefined` is when one in flight has ended. */
  startsAt(nowMs: number): number | undefined
  /** One was sent. Returns what tells of its end. */
  started(nowMs: number): (end: RequestEnd, nowMs: number) => void
  /**
   * The endpoint asked to be left alone, or said that it has too many requests: it is sent no more
   * a second than it has answered of late, and slowly more again.
   */
  held(nowMs: number, retryAfterMs: number | undefined): void
  readonly inFlight: number
  readonly concurrency: number
  /** Requests a second; infinite until the endpoint has complained. */
  readonly rate: number
}

export type LimitOptions = {
  concurrency: number
  concurrencyMax: number
  /** Longest that an endpoint may ask to be left alone. */
  holdMsMax?: number
}

/**
 * What a rate grows by in each second that it is used up: by one, or by a share if that is more.
 * The share doubles with each second without a complaint: a limit that is near is soon run into.
 */
const RATE_STEP = 1
const RATE_STEP_SHARE = 0.05

/** An endpoint that bears still less says for how long it wants to be left alone. */
const RATE_MIN = 4

export function adaptiveLimit(options: LimitOptions): AdaptiveLimit {
  const { concurrencyMax, holdMsMax = 60_000 } = options
  let { concurrency } = options
  let rate = Number.POSITIVE_INFINITY
  let inFlight = 0
  let decreasedAt = Number.NEGATIVE_INFINITY
  let heldUntil = Number.NEGATIVE_INFINITY
  let nextAt = Number.NEGATIVE_INFINITY
  let complainedAt = Number.NEGATIVE_INFINITY
  let cutAt = Number.NEGATIVE_INFINITY
  const answers = countBySecond()

  /** What was sent before the last decrease says nothing about the limit since. */
  const decrease = (startedAt: number, nowMs: number) => {
    if (startedAt < decreasedAt) return
    decreasedAt = nowMs
    concurrency = Math.max(1, concurrency / 2)
  }
  const increase = (nowMs: number) => {
    // A limit that nobody uses proves nothing by not being refused.
    if (inFlight * 2 >= concurrency) {
      concurrency = Math.min(concurrencyMax, concurrency + 1 / concurrency)
    }
    const quietSeconds = Math.floor((nowMs - complainedAt) / 1_000)
    rate += Math.max(RATE_STEP / rate, Math.min(1, RATE_STEP_SHARE * 2 ** quietSeconds))
  }

  return {
    startsAt(nowMs) {
      if (inFlight >= Math.floor(concurrency)) return undefined
      return Math.max(nowMs, heldUntil, nextAt)
    },
    started(startedAt) {
      inFlight += 1
      nextAt = Math.max(nextAt, startedAt) + 1_000 / rate
      return (end, nowMs) => {
        if (end === 'answered') {
          answers.count(nowMs)
          increase(nowMs)
        }
        if (end === 'overloaded') decrease(startedAt, nowMs)
        inFlight -= 1
      }
    },
    held(nowMs, retryAfterMs) {
      if (retryAfterMs !== undefined) {
        heldUntil = Math.max(heldUntil, nowMs + Math.min(retryAfterMs, holdMsMax))
      }
      complainedAt = nowMs
      // Once a second at most: many requests in flight are told the same.
      if (nowMs < cutAt + 1_000) return
      cutAt = nowMs
      rate = Math.max(RATE_MIN, Math.min(rate, answers.perSecond(nowMs)))
    },
    get inFlight() {
      return inFlight
    },
    get concurrency() {
      return Math.floor(concurrency)
    },
    get rate() {
      return rate
    },
  }
}

/** Counts in seconds of which each begins with the first that is counted in it. */
function countBySecond() {
  let before = 0
  let now = 0
  let sinceMs = Number.NEGATIVE_INFINITY
  return {
    count(nowMs: number) {
      const passedMs = nowMs - sinceMs
      if (passedMs >= 1_000) {
        before = passedMs < 2_000 ? now : 0
        now = 0
        sinceMs = nowMs
      }
      now += 1
    },
    perSecond(nowMs: number) {
      if (before > 0) return Math.max(before, now)
      // The first second of many requests: what was answered in a part of it must do.
      return (now * 1_000) / Math.max(10, nowMs - sinceMs)
    },
  }
}
