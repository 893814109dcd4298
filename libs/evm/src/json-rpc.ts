import { AppError } from '@coffer/errors/app-error'
import { type Dispatcher, Pool } from 'undici'
import { AFTER_JSON, JsonFormatError } from './json-reader.ts'
import { releaseMemory } from './release-memory.ts'

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
  /**
   * Like `batch`, with answers that are read where they lie, so that what nobody asks for is never
   * made. All succeed or it throws, with what `read` throws too.
   */
  read<T>(calls: readonly RpcCall[], read: BodyReader<T>): Promise<T[]>
}

/**
 * Makes a result for each of `calls`, in their order, of the body of the answer to all of them.
 * Answers `undefined` when there is one missing or one that it can't read, such as an error.
 */
export type BodyReader<T> = (body: Buffer, calls: readonly RpcCall[]) => T[] | undefined

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
  const address = new URL(url)
  const { origin, pathname, search, host } = address
  const hide = secretsOf(address)
  const pool = new Pool(origin, {
    connections: connectionsMax,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
  })
  const path = pathname + search

  const post = async (body: string, what: string): Promise<Buffer> => {
    let response: Dispatcher.ResponseData
    let bytes: Buffer
    const deadline = new AbortController()
    // Over the whole request, the wait in line included: a timeout of the client's starts again
    // with every byte.
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    try {
      response = await pool.request({
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: deadline.signal,
      })
      bytes = await wholeBody(response.body)
    } catch (cause) {
      const kind = deadline.signal.aborted || isTimeout(cause) ? 'timeout' : 'connection'
      throw new RpcUnavailableError(host, { what, got: 'no answer', kind, cause })
    } finally {
      clearTimeout(timer)
    }
    const { statusCode: status, headers } = response
    if (status !== 200) {
      const got = `HTTP status ${status}`
      const retryAfterMs = retryAfter(headers['retry-after'], Date.now())
      throw new RpcUnavailableError(host, { what, got, kind: 'status', status, retryAfterMs })
    }
    return bytes
  }
  const postAll = (calls: readonly RpcCall[]) => {
    const body = calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))
    return post(JSON.stringify(body), nameOf(calls))
  }

  return {
    name: host,
    async call(method, params) {
      const body = await post(JSON.stringify({ jsonrpc: '2.0', id: 0, method, params }), method)
      return resultOf(parsed(body, host, method) as Answer, { host, hide, method })
    },
    async batch(calls) {
      if (calls.length === 0) return []
      return inOrder(parsed(await postAll(calls), host, nameOf(calls)), calls, { host, hide })
    },
    async read(calls, read) {
      if (calls.length === 0) return []
      return readWith(read, await postAll(calls), { calls, host, hide })
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  }
}

/** With zeros behind it, so that it is read where it lies. */
async function wholeBody(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
  }
  // Of its own memory, for behind a piece of one that is shared others may write.
  const whole = Buffer.allocUnsafeSlow(length + AFTER_JSON)
  let end = 0
  for (const chunk of chunks) end += chunk.copy(whole, end)
  return whole.fill(0, end).subarray(0, end)
}

const nameOf = (calls: readonly RpcCall[]) => `${calls.length} × ${calls[0]?.method}`

function parsed(body: Buffer, host: string, what: string): unknown {
  try {
    const text = body.toString()
    releaseMemory(body)
    return JSON.parse(text)
  } catch (cause) {
    const got = 'an answer that is not whole JSON'
    throw new RpcUnavailableError(host, { what, got, kind: 'malformed', cause })
  }
}

function readWith<T>(
  read: BodyReader<T>,
  body: Buffer,
  { calls, ...shown }: Shown & { calls: readonly RpcCall[] },
): T[] {
  const { host } = shown
  const what = nameOf(calls)
  let results: T[] | undefined
  try {
    results = read(body, calls)
  } catch (cause) {
    if (!(cause instanceof JsonFormatError)) throw cause
    throw new RpcUnavailableError(host, { what, got: cause.message, kind: 'malformed', cause })
  }
  if (results) return results
  // Then there mostly is an error among them, which is thrown as for any batch.
  inOrder(parsed(body, host, what), calls, shown)
  throw new RpcUnavailableError(host, { what, got: 'an answer of another kind', kind: 'malformed' })
}

const isTimeout = (cause: unknown) =>
  /^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/.test(String((cause as { code?: unknown }).code))

/** Milliseconds that a `Retry-After` of seconds or of a date asks for. RFC 9110 §10.2.3 */
function retryAfter(header: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

/** An endpoint as it may be shown. `hide` takes out what of its URL it repeats in its words. */
type Shown = { host: string; hide: (text: string) => string }

function secretsOf({ username, password, pathname, searchParams }: URL): (text: string) => string {
  const parts = [username, password, ...pathname.split('/'), ...searchParams.values()]
  // Shorter ones are words such as "v3" or "rpc", which say nothing.
  const secrets = parts.filter((part) => part.length >= 8)
  return (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), text)
}

/** A server may answer a batch in any order; JSON-RPC 2.0 §6 has only the ids to tell. */
function inOrder(answers: unknown, calls: readonly RpcCall[], shown: Shown): unknown[] {
  const method = calls[0]?.method ?? ''
  const results = new Array<unknown>(calls.length)
  const seen = new Set<number>()
  // A refusal of the batch as a whole comes as one object, or with an id that is no call's.
  for (const answer of Array.isArray(answers) ? answers : [answers]) {
    const result = resultOf(answer, { ...shown, method: calls[answer?.id]?.method ?? method })
    if (calls[answer.id] === undefined) continue
    results[answer.id] = result
    seen.add(answer.id)
  }
  if (seen.size !== calls.length) {
    throw new RpcUnavailableError(shown.host, {
      what: nameOf(calls),
      got: `${seen.size} of ${calls.length} answers`,
      kind: 'malformed',
    })
  }
  return results
}

function resultOf(
  answer: Answer | null,
  { host, hide, method }: Shown & { method: string },
): unknown {
  if (answer?.error) {
    const { code, message } = answer.error
    throw new RpcAnswerError(host, method, { code, message: hide(String(message)) })
  }
  if (answer?.result === undefined) {
    const got = 'an answer with neither result nor error'
    throw new RpcUnavailableError(host, { what: method, got, kind: 'malformed' })
  }
  return answer.result
}

/** How an endpoint failed to answer. */
export type Unavailability = {
  what: string
  got: string
  /** `busy`: it has so many requests that this one was not even sent. */
  kind: 'connection' | 'timeout' | 'status' | 'malformed' | 'busy'
  /** The HTTP status, of the kind `status`. */
  status?: number
  /** How long the endpoint asks to be left alone, milliseconds. */
  retryAfterMs?: number | undefined
  cause?: unknown
}

/** The endpoint is away, overloaded, or cut its answer short. */
export class RpcUnavailableError extends AppError {
  readonly code = 'RPC_UNAVAILABLE'
  readonly kind: Unavailability['kind']
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(endpoint: string, unavailability: Unavailability) {
    const { what, got, kind, status, retryAfterMs, cause } = unavailability
    super(`Asked ${endpoint} for ${what} and got ${got}.`, {
      retry: 'retry',
      details: { endpoint, what },
      cause,
    })
    this.kind = kind
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** The endpoint understood the call and refused it. */
export class RpcAnswerError extends AppError {
  readonly code = 'RPC_ANSWER'
  readonly method: string
  readonly rpcCode: number
  /** The endpoint's own words. */
  readonly reason: string

  constructor(endpoint: string, method: string, error: { code: number; message: string }) {
    super(`${endpoint} refused ${method}: ${error.message} (${error.code}).`, {
      retry: 'retry',
      details: { endpoint, method, rpcCode: error.code },
    })
    this.method = method
    this.rpcCode = error.code
    this.reason = error.message
  }
}
