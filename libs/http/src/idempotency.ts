import { hash } from 'node:crypto'
import { AppError } from '@coffer/errors/app-error'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'

/** What every POST that moves money is named by. Other headers are passed over. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string('Send a name of your own for this request, such as a UUID, a new one for each')
    .regex(/^[!-~]{1,200}$/, 'Expected 1 to 200 visible ASCII characters')
    .describe('Your name for this request: repeated under it, it does nothing more, for ever'),
})

/** A request under its key. */
export type KeyedRequest = {
  /** Within which a key names one request: a tenant's requests to one path. */
  scope: string
  key: string
  /** Of what is asked for, as it was understood: spaces and the order of fields don't count. */
  hash: `0x${string}`
}

/**
 * Does `work` once for its key, in one transaction with the answer that is kept, and answers that
 * from then on. What throws has done nothing, and keeps no key. Throws
 * {@link IdempotencyKeyReusedError} and {@link IdempotencyKeyInFlightError}.
 */
export type Once<Acts> = <Body>(
  asked: KeyedRequest,
  work: (acts: Acts) => Promise<Body>,
) => Promise<Body>

/** The request as {@link Once} knows it. */
export function keyedRequest(
  request: Pick<FastifyRequest, 'caller' | 'url' | 'body'> & {
    headers: { 'idempotency-key': string }
  },
): KeyedRequest {
  const { caller, url, body, headers } = request
  const asText = JSON.stringify(body, (_, value) =>
    typeof value === 'bigint' ? `${value}` : value,
  )
  return {
    scope: `${caller?.tenant ?? 'platform'} ${url}`,
    key: headers['idempotency-key'],
    hash: `0x${hash('sha256', asText ?? '')}`,
  }
}

/**
 * Refuses, of every route that takes {@link idempotencyHeaders}, a request while another of the
 * same tenant is under way under its key here. Elsewhere the database is asked.
 */
export function refuseInFlight(server: FastifyInstance): void {
  const inFlight = new Set<string>()
  server.addHook('onRoute', (route) => {
    if (route.schema?.headers !== idempotencyHeaders) return
    const { handler } = route
    const named = Object.keys(route.config?.namesInBody ?? {})
    route.handler = function (request, reply) {
      const key = request.headers['idempotency-key']
      const body = request.body as Record<string, unknown>
      let name = `${request.caller?.tenant} ${request.url} ${key}`
      for (const field of named) name += ` ${body[field]}`
      if (inFlight.has(name)) {
        reply.header('retry-after', '1')
        throw new IdempotencyKeyInFlightError(String(key))
      }
      inFlight.add(name)
      const free = () => inFlight.delete(name)
      // Handlers are asynchronous, so they throw by what they return. The answer waits for no more.
      const answer = handler.call(this, request, reply) as Promise<unknown>
      answer.then(free, free)
      return answer
    }
  })
}

/** The key is of another request. */
export class IdempotencyKeyReusedError extends AppError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED'

  constructor(key: string) {
    super(
      `The Idempotency-Key ${JSON.stringify(key)} was sent before with another request. Send a ` +
        'new key with each new request, and the same key only with the same one.',
      { retry: 'never', details: { key } },
    )
  }
}

/** Nobody knows yet what becomes of the request before. */
export class IdempotencyKeyInFlightError extends AppError {
  readonly code = 'IDEMPOTENCY_KEY_IN_FLIGHT'

  constructor(key: string) {
    super(
      `A request under the Idempotency-Key ${JSON.stringify(key)} is not answered so far. Send ` +
        'it again in a second, under the same key.',
      { retry: 'retry', details: { key } },
    )
  }
}
