import type { Clock } from '@coffer/runtime/clock'
import type { AdaptiveLimit, RequestEnd } from './adaptive-limit.ts'
import { type AdaptiveRange, inPieces } from './adaptive-range.ts'
import { type JsonRpc, RpcAnswerError, type RpcCall, RpcUnavailableError } from './json-rpc.ts'
import { requestGate } from './request-gate.ts'
import { type RpcFailure, rpcFailure } from './rpc-failure.ts'
import { withinDeadline } from './within-deadline.ts'

/** The client of one endpoint, of which every request is metered and ends in time. */
export type GuardedRpc = Pick<JsonRpc, 'call' | 'batch' | 'read'> & {
  /** What a request takes on average, milliseconds. */
  readonly latencyMs: number
  /** How long the endpoint asks to be left alone. */
  heldMs(): number
}

export type GuardOptions = {
  rpc: JsonRpc
  /** How the endpoint is shown. */
  name: string
  clock: Clock
  limit: AdaptiveLimit
  /** Calls in one batch. */
  batchCalls: AdaptiveRange
  /** Of one request, its wait in line included once more. */
  timeoutMs: number
  onRequested: (what: string, ms: number) => void
  onFailed: (failure: RpcFailure, error: unknown) => void
}

/** How much the newest request counts in the average. */
const LATENCY_SHARE = 0.2

/**
 * Sends requests as the endpoint's limit allows, learns from how they end, and divides batches that
 * are too large for it. A batch is in the order of its calls, and all succeed or it throws.
 */
export function guardedRpc(options: GuardOptions): GuardedRpc {
  const { rpc, name, clock, limit, batchCalls, timeoutMs, onRequested, onFailed } = options
  const gate = requestGate(limit, clock)
  let latencyMs: number | undefined

  const requested = (what: string, startedAt: number) => {
    const ms = clock.nowMs() - startedAt
    latencyMs = latencyMs === undefined ? ms : latencyMs + (ms - latencyMs) * LATENCY_SHARE
    onRequested(what, ms)
  }
  const failed = (error: unknown): RequestEnd => {
    const failure = rpcFailure(error)
    if (failure === undefined) return 'failed'
    const retryAfterMs = error instanceof RpcUnavailableError ? error.retryAfterMs : undefined
    if (failure === 'busy' || retryAfterMs !== undefined) limit.held(clock.nowMs(), retryAfterMs)
    onFailed(failure, error)
    return END[failure]
  }
  const request = async <T>(what: string, send: () => Promise<T>): Promise<T> => {
    const leave = await gate.enter(timeoutMs)
    if (leave === undefined) {
      const got = `no turn within ${timeoutMs} ms, so many requests are waiting for it`
      throw new RpcUnavailableError(name, { what, got, kind: 'busy' })
    }
    const startedAt = clock.nowMs()
    const tooLate = () =>
      new RpcUnavailableError(name, { what, got: `no answer in ${timeoutMs} ms`, kind: 'timeout' })
    let end: RequestEnd = 'failed'
    try {
      const answer = await withinDeadline({ clock, ms: timeoutMs, tooLate }, send)
      end = 'answered'
      return answer
    } catch (error) {
      end = failed(error)
      throw error
    } finally {
      // A failure is mostly quicker or slower than any answer, and is no measure of one.
      if (end === 'answered') requested(what, startedAt)
      leave(end)
    }
  }

  const divided = <T>(
    calls: readonly RpcCall[],
    send: (piece: readonly RpcCall[]) => Promise<T[]>,
  ) =>
    inPieces({ range: batchCalls, count: calls.length, isTooLarge }, (first, count) => {
      const piece = calls.slice(first, first + count)
      return request(describe(piece), () => send(piece))
    })

  return {
    call: (method, params) => request(method, () => rpc.call(method, params)),
    batch: (calls) => divided(calls, (piece) => rpc.batch(piece)),
    read: (calls, read) => divided(calls, (piece) => rpc.read(piece, read)),
    get latencyMs() {
      return latencyMs ?? 0
    },
    heldMs: () => Math.max(0, (limit.startsAt(clock.nowMs()) ?? 0) - clock.nowMs()),
  }
}

const describe = (calls: readonly RpcCall[]) => `${calls.length} × ${calls[0]?.method}`

/** A range of blocks with too many logs is not cured by asking for fewer ranges at once. */
function isTooLarge(error: unknown): boolean {
  if (rpcFailure(error) !== 'too-large') return false
  if (!(error instanceof RpcAnswerError)) return true
  return error.method !== 'eth_getLogs' || /batch|response/i.test(error.reason)
}

const END: Readonly<Record<RpcFailure, RequestEnd>> = {
  busy: 'overloaded',
  timeout: 'overloaded',
  server: 'overloaded',
  'too-large': 'answered',
  refused: 'answered',
  connection: 'failed',
  denied: 'failed',
  malformed: 'failed',
  disproved: 'failed',
}
