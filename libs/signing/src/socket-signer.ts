import { Agent, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { AppError } from '@coffer/errors/app-error'
import { backoffMs, pause } from '@coffer/runtime/backoff'
import type { Signer } from './ports.ts'
import { addressesSchema, problemSchema, requestText, signedSchema } from './request-wire.ts'
import { SIGNING_RULES, SigningRefusedError } from './signing-refused.ts'

export type SocketSignerOptions = {
  /** How long one attempt may take, milliseconds. */
  timeoutMs?: number
  /** How often it is tried until the signer counts as away. */
  attempts?: number
}

type Answer = { status: number; body: unknown }

/**
 * The signer behind the Unix socket at `path`. Whatever is asked may be asked again, since the same
 * request gets the same bytes; so what gets no answer is asked again by itself.
 */
export function socketSigner(
  path: string,
  { timeoutMs = 5_000, attempts = 3 }: SocketSignerOptions = {},
): Signer & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const ask = async (method: 'GET' | 'POST', url: string, body?: string): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return accepted(await exchange({ agent, path, timeoutMs }, { method, url, body }))
      } catch (error) {
        if (error instanceof SigningRefusedError) throw error
        if (attempt >= attempts) throw new SignerUnavailableError(path, error)
        await pause(backoffMs(attempt, { firstMs: 50, maxMs: 1_000 }))
      }
    }
  }
  return {
    sign: async (request) => signedSchema.parse(await ask('POST', '/sign', requestText(request))),
    async addresses() {
      return addressesSchema.parse(await ask('GET', '/addresses')).addresses
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}

type Connection = { agent: Agent; path: string; timeoutMs: number }
type Question = { method: string; url: string; body: string | undefined }

async function exchange(
  { agent, path: socketPath, timeoutMs }: Connection,
  { method, url: path, body }: Question,
): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs)
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const asking = httpRequest({ agent, socketPath, method, path, signal }, (response) => {
    text(response)
      .then((answer) => {
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) })
      })
      .catch(reject)
  })
  asking.on('error', reject)
  if (body !== undefined) asking.setHeader('content-type', 'application/json')
  asking.end(body)
  return promise
}

function accepted({ status, body }: Answer): unknown {
  if (status === 200) return body
  const { code, message, rule } = problemSchema.parse(body)
  const known = SIGNING_RULES.find((each) => each === rule)
  if (known) throw new SigningRefusedError(known, reasonIn(message))
  throw new Error(`${code}: ${message}`)
}

/** The reason alone, for the error says the rest once more. */
const reasonIn = (message: string): string => message.replace(/^.*?by its rule "[a-z-]+": /, '')

/** The signer gives no answer. What was asked may have been signed, and is the same when asked. */
export class SignerUnavailableError extends AppError {
  readonly code = 'SIGNER_UNAVAILABLE'

  constructor(path: string, cause: unknown) {
    super(`The signer at ${path} gives no answer.`, { retry: 'retry', details: { path }, cause })
  }
}
