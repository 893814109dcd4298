import { AppError } from '@coffer/errors/app-error'
import { type Dispatcher, Pool } from 'undici'

export type RpcCall = { method: string; params: readonly unknown[] }

/** A client of one JSON-RPC endpoint. It answers or throws; it never retries by itself. */
export type JsonRpc = AsyncDisposable & {
  /** The endpoint as it may be shown: without credentials, path or query. */
  name: string
  /** One call. Throws {@link RpcUnavailableError} or {@link RpcAnswerError}. */
  call(method: string, params: readonly unknown[]): Promise<unknown>
  /**
   * Many calls in one request; the answers are in the order of `calls`. All succeed or it throws.
   */
  batch(calls: readonly RpcCall[]): Promise<unknown[]>
}

export type JsonRpcOptions = {
  /** Requests in flight at most; more wait in line. */
  connectionsMax?: number
  /** A request that takes longer is given up, milliseconds. */
  timeoutMs?: number
}

type Answer = { id: number; result?: unknown; error?: { code: number; message: string } }

/** Opens a client of the HTTP endpoint at `url`. */
export function jsonRpc(
  url: string,
  { connectionsMax = 8, timeoutMs = 20_000 }: JsonRpcOptions = {},
): JsonRpc {
  const { origin, pathname, search, host } = new URL(url)
  const pool = new Pool(origin, {
    connections: connectionsMax,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
  })
  const path = pathname + search

  const post = async (body: string, what: string): Promise<unknown> => {
    let status: number
    let text: string
    try {
      const response = await pool.request({
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      status = response.statusCode
      text = await within(timeoutMs, response.body)
    } catch (cause) {
      throw new RpcUnavailableError(host, what, 'no answer', cause)
    }
    if (status !== 200) throw new RpcUnavailableError(host, what, `HTTP status ${status}`)
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw new RpcUnavailableError(host, what, 'an answer that is not whole JSON', cause)
    }
  }

  return {
    name: host,
    async call(method, params) {
      const answer = await post(JSON.stringify({ jsonrpc: '2.0', id: 0, method, params }), method)
      return resultOf(answer as Answer, { host, method })
    },
    async batch(calls) {
      const [first] = calls
      if (first === undefined) return []
      const body = calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))
      const answers = await post(JSON.stringify(body), `${calls.length} × ${first.method}`)
      return inOrder(answers, calls, host)
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  }
}

/** The whole of an answer's body: a timeout of the client starts again with every byte. */
async function within(timeoutMs: number, body: Dispatcher.ResponseData['body']): Promise<string> {
  const timer = setTimeout(() => body.destroy(new Error('The answer did not end.')), timeoutMs)
  try {
    return await body.text()
  } finally {
    clearTimeout(timer)
  }
}

/** A server may answer a batch in any order; JSON-RPC 2.0 §6 has only the ids to tell. */
function inOrder(answers: unknown, calls: readonly RpcCall[], host: string): unknown[] {
  const method = calls[0]?.method ?? ''
  const results = new Array<unknown>(calls.length)
  const seen = new Set<number>()
  // A refusal of the batch as a whole comes as one object, or with an id that is no call's.
  for (const answer of Array.isArray(answers) ? answers : [answers]) {
    const result = resultOf(answer, { host, method: calls[answer?.id]?.method ?? method })
    if (calls[answer.id] === undefined) continue
    results[answer.id] = result
    seen.add(answer.id)
  }
  if (seen.size !== calls.length) {
    throw new RpcUnavailableError(
      host,
      `${calls.length} × ${method}`,
      `${seen.size} of ${calls.length} answers`,
    )
  }
  return results
}

function resultOf(
  answer: Answer | null,
  { host, method }: { host: string; method: string },
): unknown {
  if (answer?.error) throw new RpcAnswerError(host, method, answer.error)
  if (answer?.result === undefined) {
    throw new RpcUnavailableError(host, method, 'an answer with neither result nor error')
  }
  return answer.result
}

/** The endpoint is away, overloaded, or cut its answer short. */
export class RpcUnavailableError extends AppError {
  readonly code = 'RPC_UNAVAILABLE'

  constructor(endpoint: string, what: string, got: string, cause?: unknown) {
    super(`Asked ${endpoint} for ${what} and got ${got}.`, {
      retry: 'retry',
      details: { endpoint, what },
      cause,
    })
  }
}

/** The endpoint understood the call and refused it. */
export class RpcAnswerError extends AppError {
  readonly code = 'RPC_ANSWER'

  constructor(endpoint: string, method: string, error: { code: number; message: string }) {
    super(`${endpoint} refused ${method}: ${error.message} (${error.code}).`, {
      retry: 'retry',
      details: { endpoint, method, rpcCode: error.code },
    })
  }
}
