import { AppError } from '@coffer/errors/app-error'
import { describe, expect, test } from 'vitest'
import { RpcAnswerError, RpcUnavailableError } from './json-rpc.ts'
import { type RpcFailure, rpcFailure } from './rpc-failure.ts'

test.each<[number, RpcFailure]>([
  [429, 'busy'],
  [413, 'too-large'],
  [401, 'denied'],
  [403, 'denied'],
  [400, 'refused'],
  [301, 'refused'],
  [500, 'server'],
  [503, 'server'],
])('HTTP status %d is %s', (status, failure) => {
  expect(rpcFailure(unavailable({ kind: 'status', status }))).toBe(failure)
})

test.each(['connection', 'timeout', 'malformed', 'busy'] as const)(
  '%s stays what it is',
  (kind) => {
    expect(rpcFailure(unavailable({ kind }))).toBe(kind)
  },
)

/** What providers are known to say. */
describe('a refusal in words', () => {
  test.each<[number, string, string]>([
    [-32005, 'eth_getLogs', 'query returned more than 10000 results. Try with this block range'],
    [-32005, 'eth_getLogs', 'limit exceeded'],
    [-32602, 'eth_getLogs', 'Log response size exceeded. You can make eth_getLogs requests with'],
    [-32600, 'eth_getLogs', 'You can make eth_getLogs requests with up to a 10 block range'],
    [-32614, 'eth_getLogs', 'eth_getLogs is limited to a 10,000 range'],
    [-32600, 'eth_getLogs', 'block range is too wide'],
    [-32047, 'eth_getLogs', "'fromBlock'-'toBlock' range too large. Max range: 800"],
    [-32701, 'eth_getLogs', 'exceed maximum block range: 5000'],
    [-32602, 'eth_getLogs', 'query exceeds max block range 100000'],
    [-32602, 'eth_getLogs', 'query exceeds max results 20000, retry with the range 1-5'],
    [-32000, 'eth_getLogs', 'query timeout exceeded'],
    [-32600, 'eth_getBlockReceipts', 'batch too large'],
    [-32003, 'eth_getBlockReceipts', 'response too large'],
  ])('%d to %s: %s: asks for less', (code, method, message) => {
    expect(rpcFailure(new RpcAnswerError('node', method, { code, message }))).toBe('too-large')
  })

  test.each<[number, string]>([
    [-32005, 'daily request count exceeded, request rate limited'],
    [-32005, 'limit exceeded'],
    [429, 'Your app has exceeded its compute units per second capacity'],
    [-32007, '15/second request limit reached - reduce calls per second: too many requests'],
    [-32029, 'Too many requests'],
    [-32090, 'Too many requests, reason: call rate limit exhausted, retry in 10s'],
  ])('%d: %s: asks for fewer', (code, message) => {
    expect(rpcFailure(new RpcAnswerError('node', 'eth_call', { code, message }))).toBe('busy')
  })

  test.each<[number, string]>([
    [-32602, 'block range extends beyond current head block'],
    [-32000, 'header not found'],
    [-32601, 'the method trace_block does not exist/is not available'],
    [-32602, 'invalid argument 0: hex string has length 2, want 64'],
  ])('%d: %s: is no matter of size', (code, message) => {
    expect(rpcFailure(new RpcAnswerError('node', 'eth_getLogs', { code, message }))).toBe('refused')
  })

  test('an internal error is the failure of its server', () => {
    const error = new RpcAnswerError('node', 'eth_call', { code: -32603, message: 'oops' })

    expect(rpcFailure(error)).toBe('server')
  })
})

test('what its reader refuses is disproved, and what is for good is no endpoint’s fault', () => {
  expect(rpcFailure(new ReaderError('retry'))).toBe('disproved')
  expect(rpcFailure(new ReaderError('never'))).toBeUndefined()
  expect(rpcFailure(new TypeError('x is not a function'))).toBeUndefined()
})

function unavailable(facts: { kind: RpcUnavailableError['kind']; status?: number }) {
  return new RpcUnavailableError('node', { what: 'eth_call', got: 'nothing', ...facts })
}

class ReaderError extends AppError {
  readonly code = 'READER'

  constructor(retry: 'retry' | 'never') {
    super('does not hold together', { retry })
  }
}
