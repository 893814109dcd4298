import type { CircuitState } from './circuit.ts'

/** What is known of an endpoint when one is chosen. */
export type Standing = {
  circuit: CircuitState
  /** Others contradicted it a short while ago. */
  isDistrusted: boolean
  /** Failures in a row. */
  failures: number
  /** The newest block it told of; `undefined` before it told. */
  head: bigint | undefined
  /** Since when it has been behind the others; `undefined` if it isn't. */
  behindSinceMs: number | undefined
  /** How long it asks to be left alone. */
  heldMs: number
  /** What a request takes, on average. */
  latencyMs: number
  /** Pieces of work that are under way with it. */
  load: number
  /** Requests at once, and a second, that it seems to bear. */
  concurrency: number
  rate: number
  /** How much of the work it should get, compared with others that are as fast. */
  weight: number
}

export type ChoiceLimits = {
  /** Blocks that an endpoint may be off the head that the others tell of. */
  lagBlocksMax: number
  /** How long it may be behind at all. */
  lagMsMax: number
}

/**
 * The head to go by: the highest that two endpoints have reached, when there are three or more, so
 * that none of them makes all others look slow by a lie. Of two it is the higher.
 */
export function commonHead(heads: readonly (bigint | undefined)[]): bigint | undefined {
  const known = heads.filter((head) => head !== undefined)
  const descending = known.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  return known.length >= 3 ? descending[1] : descending[0]
}

/**
 * In which order to ask: a smaller rank first, and among equals the smaller cost. Nothing is ruled
 * out, for the worst endpoint is better than none.
 */
export function rankOf(
  standing: Standing,
  { lagBlocksMax, lagMsMax }: ChoiceLimits,
  now: { nowMs: number; head: bigint | undefined; height: bigint | undefined },
): number {
  const { circuit, isDistrusted, head, behindSinceMs, heldMs } = standing
  // One that is away is of no use, but does no harm either.
  if (isDistrusted) return 5
  if (circuit === 'open') return 4
  if (circuit === 'half-open') return 3
  const off = head !== undefined && now.head !== undefined ? abs(now.head - head) : 0n
  const behindMs = behindSinceMs === undefined ? 0 : now.nowMs - behindSinceMs
  if (off > BigInt(lagBlocksMax) || behindMs > lagMsMax) return 2
  const lacksHeight = now.height !== undefined && head !== undefined && head < now.height
  return lacksHeight || heldMs > 0 ? 1 : 0
}

/** How long work would take there: what was begun before it comes first, as fast as that may go. */
export function costOf(standing: Standing): number {
  const { latencyMs, load, concurrency, rate, failures, weight } = standing
  const eachMs = Math.max(latencyMs / concurrency, 1_000 / rate)
  return ((latencyMs + load * eachMs + 0.01) * 2 ** Math.min(failures, 8)) / weight
}

const abs = (value: bigint) => (value < 0n ? -value : value)
