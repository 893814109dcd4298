import { AppError } from '@coffer/errors/app-error'
import { RpcAnswerError, RpcUnavailableError } from './json-rpc.ts'

/**
 * Why an endpoint was of no use. `busy` wants fewer requests, `too-large` smaller ones; `refused`
 * is its right, such as for a block it doesn't have; `disproved` is an answer that can't be true.
 */
export type RpcFailure =
  | 'connection'
  | 'timeout'
  | 'busy'
  | 'server'
  | 'denied'
  | 'malformed'
  | 'too-large'
  | 'refused'
  | 'disproved'

/**
 * What the failure of some work with an endpoint says about the endpoint. `undefined` is a failure
 * that no other endpoint would cure: a bug, or something else's failure.
 */
export function rpcFailure(error: unknown): RpcFailure | undefined {
  if (error instanceof RpcUnavailableError) return unavailable(error)
  if (error instanceof RpcAnswerError) return refused(error)
  return error instanceof AppError && error.retry === 'retry' ? 'disproved' : undefined
}

function unavailable({ kind, status = 0 }: RpcUnavailableError): RpcFailure {
  if (kind !== 'status') return kind
  if (status === 429) return 'busy'
  if (status === 413) return 'too-large'
  if (status === 401 || status === 403) return 'denied'
  return status >= 500 ? 'server' : 'refused'
}

/** Codes mean what each provider likes (-32005 is "too many requests" and "too many logs"). */
function refused({ rpcCode, method, reason }: RpcAnswerError): RpcFailure {
  if (rpcCode === 429 || TOO_OFTEN.test(reason)) return 'busy'
  // "block range extends beyond current head block": the node lags, and less would not help.
  if (BEYOND_HEAD.test(reason)) return 'refused'
  if (rpcCode === -32005) return method === 'eth_getLogs' ? 'too-large' : 'busy'
  if (TOO_LARGE.test(reason)) return 'too-large'
  return rpcCode === -32603 ? 'server' : 'refused'
}

const anyOf = (...patterns: readonly RegExp[]) =>
  new RegExp(patterns.map(({ source }) => source).join('|'), 'i')

const TOO_OFTEN = anyOf(
  /rate.?limit|throttl/,
  /too many (requests|connections)/,
  /requests? (per|a) (second|minute|day)|request count/,
  /(compute|credit).*(exceed|capacity)|capacity.*exceed/,
)

const BEYOND_HEAD = anyOf(
  /beyond|in the future|after (the )?(head|latest)/,
  /unknown block|not found/,
)

const TOO_LARGE = anyOf(
  /too (large|big|wide|many|long)/,
  /more than [\d,]+|exceed|limited to/,
  /max(imum)? (block )?range|(block|query) range/,
  /batch.*(limit|size)|size.*limit/,
  /timed? ?out/,
)
