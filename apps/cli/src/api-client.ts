import { AppError } from '@coffer/errors/app-error'
import type { ApiAccess } from './running-coffer.ts'

/**
 * Calls the REST API and returns what it answers. A text goes as it is, of the type that is named.
 * Throws {@link ApiCallError}.
 */
export type ApiClient = <Answer>(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
  options?: ApiCallOptions,
) => Promise<Answer>

export type ApiCallOptions = {
  /** What a body is that is text. Default: `application/x-ndjson`. */
  textType?: string
  /** Repeated under the same key, a call does nothing more. */
  idempotencyKey?: string
}

export function apiClient({ api, apiKey }: ApiAccess): ApiClient {
  return async <Answer>(
    method: string,
    path: string,
    body?: unknown,
    { textType = 'application/x-ndjson', idempotencyKey }: ApiCallOptions = {},
  ): Promise<Answer> => {
    const isText = typeof body === 'string'
    const response = await fetch(new URL(path, api), {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(body === undefined ? {} : { 'content-type': isText ? textType : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new ApiCallError(`${method} ${path}`, `nothing answers at ${api}`, { cause })
    })
    const text = await response.text()
    if (response.ok) return JSON.parse(text) as Answer
    const { status } = response
    const { title, detail, type } = problemIn(text)
    throw new ApiCallError(`${method} ${path}`, detail ?? title ?? `status ${status}`, {
      ...{ status, type },
    })
  }
}

/** The API tells its problems by RFC 9457. */
function problemIn(text: string): Problem {
  try {
    return JSON.parse(text) as Problem
  } catch {
    return {}
  }
}

type Problem = { title?: string; detail?: string; type?: string }

type ApiFailure = { status?: number; type?: string | undefined; cause?: unknown }

/** The API refused a call, or there is none. */
export class ApiCallError extends AppError {
  readonly code = 'CLI_API_CALL'

  /** What the API answered; absent if nothing did. */
  readonly status: number | undefined
  /** By what the API names the problem, such as `/errors/address-invalid`. */
  readonly type: string | undefined

  constructor(call: string, problem: string, { status, type, cause }: ApiFailure) {
    super(`${call} failed: ${problem}`, { retry: 'never', cause })
    this.status = status
    this.type = type
  }
}
