export type Fetch = (request: Request) => Promise<Response>

export type RetryingOptions = {
  fetch: Fetch
  /** How often at most, the first time included. */
  tries?: number
  /** The first pause; each further one is twice as long, and a part of it is drawn. */
  pauseMs?: number
  /** Longest that a server may ask to wait; beyond it its refusal is the answer. */
  waitMaxMs?: number
  sleep?: (ms: number) => Promise<void>
  random?: () => number
}

/** Answers that a later request need not get. */
const PASSING = new Set([429, 502, 503, 504])

/** Done twice, these do what they do once. */
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

/**
 * Calls again after failures that pass, but only what may be done twice: reads, what replaces or
 * deletes, and POSTs under an Idempotency-Key. Whatever else fails is told at once, since nobody
 * knows whether it was done.
 */
export function retryingFetch(options: RetryingOptions): Fetch {
  const { fetch, tries = 4, pauseMs = 200, waitMaxMs = 10_000 } = options
  const { sleep = pause, random = Math.random } = options
  return async (request) => {
    for (let tried = 1; ; tried++) {
      const isLast = tried >= tries || !isRepeatable(request)
      try {
        // A body can be sent once only.
        const response = await fetch(isLast ? request : request.clone())
        const askedMs = retryAfterMs(response)
        const passes = PASSING.has(response.status) || isInFlight(response)
        if (isLast || !passes || askedMs > waitMaxMs) return response
        await sleep(Math.max(askedMs, backoff(tried, pauseMs, random)))
      } catch (error) {
        if (isLast || request.signal.aborted) throw error
        await sleep(backoff(tried, pauseMs, random))
      }
    }
  }
}

/** The same request is under way: it is answered soon. */
const isInFlight = ({ status, headers }: Response): boolean =>
  status === 409 && headers.has('retry-after')

const isRepeatable = ({ method, headers }: Request): boolean =>
  REPEATABLE.has(method) || headers.has('idempotency-key')

const backoff = (tried: number, pauseMs: number, random: () => number): number =>
  pauseMs * 2 ** (tried - 1) * (0.5 + random() / 2)

/** Only seconds are read; a date would need the server's clock. */
function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
