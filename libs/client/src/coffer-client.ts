import createClient, { type Client, type Middleware } from 'openapi-fetch'
import { IDEMPOTENT_POSTS, type paths } from './api.ts'
import { ApiProblem, ApiUnreachableError, type Problem } from './api-problem.ts'
import { type Fetch, retryingFetch } from './retrying-fetch.ts'
import { type Signing, signedFetch } from './signed-fetch.ts'

export type CofferClientOptions = {
  /** Where the API is, such as `http://127.0.0.1:4000`. */
  baseUrl: string
  /** Sent as a bearer token; without one a session's cookie must do. */
  apiKey?: string | undefined
  /** Signs every request, in the place of a key that is sent. */
  signing?: Signing
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>
  fetch?: Fetch
}

/** The API's methods by their paths, with the types of its own document. */
export type CofferClient = Client<paths>

/**
 * A client of the REST API. A POST that moves money gets an Idempotency-Key unless the caller
 * names one, and what is safe to repeat is repeated after failures that pass. See `answerOf`.
 */
export function cofferClient(options: CofferClientOptions): CofferClient {
  const {
    baseUrl,
    apiKey,
    signing,
    headers,
    fetch = (request: Request) => globalThis.fetch(request),
  } = options
  const client = createClient<paths>({
    baseUrl,
    // Each try is signed anew: none is taken twice.
    fetch: retryingFetch({ fetch: signing ? signedFetch({ ...signing, fetch }) : fetch }),
    headers: {
      ...headers,
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
  })
  client.use(nameRequests)
  return client
}

/** Repeats of a request carry the key of the first, so the money moves once. */
const nameRequests: Middleware = {
  onRequest({ request, schemaPath }) {
    if (request.method !== 'POST' || !IDEMPOTENT_POSTS.includes(schemaPath)) return
    if (!request.headers.has('idempotency-key')) {
      request.headers.set('idempotency-key', crypto.randomUUID())
    }
  },
}

type Outcome<Data> = { data?: Data; error?: unknown; response: Response }

/** What a call of the client answered. Throws `ApiProblem` or `ApiUnreachableError`. */
export async function answerOf<Data>(call: Promise<Outcome<Data>>): Promise<Data> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw new ApiUnreachableError('the given address', cause)
  })
  if (response.ok) return data as Data
  if (isProblem(error)) throw new ApiProblem(error)
  throw new ApiUnreachableError(response.url, error)
}

const isProblem = (told: unknown): told is Problem =>
  typeof told === 'object' && told !== null && 'code' in told && 'detail' in told
