/** Whether an endpoint is worth asking. */
export type CircuitState =
  /** It is asked. */
  | 'closed'
  /** It failed again and again, and is left alone. */
  | 'open'
  /** It has been left alone for long enough: one at a time may try it. */
  | 'half-open'

/** Times are milliseconds of the caller's clock. */
export type Circuit = {
  state(nowMs: number): CircuitState
  /** Failures in a row. */
  readonly failures: number
  /** Work succeeded: all is forgotten. */
  succeeded(): void
  failed(nowMs: number): void
  /** It answers again, though work has not succeeded yet: the next failure opens it again. */
  answered(nowMs: number): void
}

export type CircuitOptions = {
  /** So many failures in a row open it. */
  failuresMax: number
  /** How long it is open for the first time; then twice as long each time, up to the longest. */
  openMs: number
  openMsMax: number
  /** From 0 to 1: spreads the trials of many processes. */
  random: () => number
}

export function circuit({ failuresMax, openMs, openMsMax, random }: CircuitOptions): Circuit {
  let failures = 0
  let openings = 0
  let openUntil: number | undefined

  const state = (nowMs: number): CircuitState => {
    if (openUntil === undefined) return 'closed'
    return nowMs < openUntil ? 'open' : 'half-open'
  }
  return {
    state,
    get failures() {
      return failures
    },
    succeeded() {
      failures = 0
      openings = 0
      openUntil = undefined
    },
    failed(nowMs) {
      failures += 1
      // What was under way when it opened fails late, and must not keep it open for longer.
      if (failures < failuresMax || state(nowMs) === 'open') return
      const ms = Math.min(openMsMax, openMs * 2 ** openings)
      openings += 1
      openUntil = nowMs + ms / 2 + (random() * ms) / 2
    },
    answered(nowMs) {
      if (state(nowMs) !== 'half-open') return
      failures = failuresMax - 1
      openUntil = undefined
    },
  }
}
