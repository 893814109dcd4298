import type { paths } from './api.ts'
import { ApiProblem, type Problem } from './api-problem.ts'
import type { CofferClientOptions } from './coffer-client.ts'
import { eventParts, type StreamEvent } from './event-parts.ts'

type Deposits = paths['/v1/deposits']['get']['responses'][200]['content']['application/json']
export type Deposit = Deposits['items'][number]

/** A deposit as it was then. Whoever has handled it goes on after its `place`. */
export type ToldDeposit = { place: string; deposit: Deposit }

export type DepositStreamOptions = CofferClientOptions & {
  /** Of one user alone, by id or external id. */
  owner?: string | undefined
  /** The place of the last one that was handled. Default: what waits now, and what comes. */
  after?: string | undefined
  signal?: AbortSignal | undefined
  /** Told when the stream is there, and when it is not. */
  onState?: (state: 'live' | 'lost') => void
  /** The server is heard of every 15 seconds; after this long without it is given up. */
  silenceMaxMs?: number
  pauseMs?: number
}

/** Before the first deposit of all: who begins here is told everything. */
export const BEGINNING = '1-0-0'

const PAUSE_MAX_MS = 15_000

/**
 * Deposits as they happen, for ever: it connects again after every failure that passes, and goes on
 * where it was. The same news may come twice; of each deposit the last that was told is the truth.
 * Throws `ApiProblem` where the API refuses it for good. Ends with `signal`.
 */
export async function* depositStream(
  options: DepositStreamOptions,
): AsyncGenerator<ToldDeposit, void, void> {
  const { signal, onState = () => undefined, pauseMs = 1_000 } = options
  let { after } = options
  let failures = 0
  while (!signal?.aborted) {
    try {
      for await (const event of eventsAfter(after, options, () => (failures = 0))) {
        if (event.name !== 'deposit' || event.id === undefined) continue
        yield { place: event.id, deposit: JSON.parse(event.text) as Deposit }
        after = event.id
      }
    } catch (error) {
      if (error instanceof ApiProblem && !isPassing(error.problem)) throw error
    }
    if (signal?.aborted) return
    onState('lost')
    const drawnMs = pauseMs * 2 ** failures++ * (0.5 + Math.random() / 2)
    await pause(Math.min(drawnMs, PAUSE_MAX_MS), signal)
  }
}

const isPassing = ({ status }: Problem): boolean => status === 429 || status >= 500

/** What one connection tells, until it ends or falls silent. */
async function* eventsAfter(
  after: string | undefined,
  options: DepositStreamOptions,
  onOpen: () => void,
): AsyncGenerator<StreamEvent, void, void> {
  const { onState = () => undefined, silenceMaxMs = 45_000, signal } = options
  const leaving = new AbortController()
  const leave = () => leaving.abort()
  signal?.addEventListener('abort', leave)
  let silence = setTimeout(leave, silenceMaxMs)
  try {
    const response = await open(after, options, leaving.signal)
    onOpen()
    onState('live')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const cancel = () => void reader?.cancel().catch(() => undefined)
    leaving.signal.addEventListener('abort', cancel)
    for (let text = ''; reader !== undefined; ) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(silence)
      silence = setTimeout(leave, silenceMaxMs)
      const { events, rest } = eventParts(text + value)
      text = rest
      yield* events
    }
  } finally {
    clearTimeout(silence)
    signal?.removeEventListener('abort', leave)
    leave()
  }
}

async function open(
  after: string | undefined,
  options: DepositStreamOptions,
  signal: AbortSignal,
): Promise<Response> {
  const { baseUrl, apiKey, headers, owner, fetch = globalThis.fetch } = options
  const query = owner === undefined ? '' : `?owner=${encodeURIComponent(owner)}`
  const request = new Request(`${baseUrl}/v1/deposits/stream${query}`, {
    signal,
    headers: {
      ...headers,
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(after === undefined ? {} : { 'last-event-id': after }),
    },
  })
  const response = await fetch(request)
  if (response.ok) return response
  throw new ApiProblem((await response.json()) as Problem)
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}
