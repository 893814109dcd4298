import { AppError, describeError } from '@coffer/errors/app-error'
import type { Clock } from '@coffer/runtime/clock'
import type { Endpoint, EndpointLimits } from './endpoint.ts'
import { type ChoiceLimits, commonHead, costOf, rankOf } from './endpoint-standing.ts'
import type { PinnedRpc } from './pinned-rpc.ts'
import { ChainMismatchError } from './proven-chain.ts'
import { rpcFailure } from './rpc-failure.ts'

export type PinOptions = {
  /**
   * The work is about blocks up to here: who is known to be lower is asked later, and is not to
   * blame for having none. Give it wherever there is one, for it finds out who lies about his head.
   */
  height?: bigint
  /** Names of endpoints that are asked only after all others. */
  avoid?: readonly string[]
  /** For all attempts together, milliseconds. */
  timeoutMs?: number
}

export type PoolLimits = EndpointLimits &
  ChoiceLimits & {
    pinTimeoutMs: number
    /** How often all endpoints are tried for one piece of work, with growing pauses. */
    rounds: number
    /** Pause between two looks at how far each endpoint is. */
    probeMs: number
  }

/** Endpoints among which one is chosen. */
export type Pool = {
  endpoints: readonly Endpoint[]
  limits: PoolLimits
  clock: Clock
  random: () => number
  /** Aborts when the pool is closed. */
  signal: AbortSignal
}

type Failure = { endpoint: string; error: unknown }

const PAUSE_MS = 100
const PAUSE_MS_MAX = 2_000

/** Does `work` with one endpoint after the other, until one can do it or time is up. */
export async function pinnedWork<T>(
  pool: Pool,
  work: (rpc: PinnedRpc) => Promise<T>,
  options: PinOptions = {},
): Promise<T> {
  const { clock, limits, signal, random } = pool
  const deadlineMs = clock.nowMs() + (options.timeoutMs ?? limits.pinTimeoutMs)
  const failures: Failure[] = []
  for (let round = 1; ; round++) {
    for (const tried = new Set<Endpoint>(); ; ) {
      const endpoint = best(pool, tried, options)
      const ms = deadlineMs - clock.nowMs()
      if (endpoint === undefined || ms <= 0 || signal.aborted) break
      tried.add(endpoint)
      try {
        return await endpoint.run(work, { ms, height: options.height })
      } catch (error) {
        if (!isAnothersChance(error)) throw error
        failures.push({ endpoint: endpoint.name, error })
      }
    }
    const pauseMs = Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** (round - 1)) * (0.5 + random() / 2)
    const isOver = clock.nowMs() + pauseMs >= deadlineMs
    if (round >= limits.rounds || isOver || signal.aborted) throw noEndpoint(pool, failures)
    await clock.pause(pauseMs, signal)
  }
}

/** Endpoints that may be asked, the best first. */
export function inOrder(pool: Pool, { height, avoid = [] }: PinOptions = {}): Endpoint[] {
  const { endpoints, limits, clock, random } = pool
  const now = { nowMs: clock.nowMs(), head: headOf(endpoints), height }
  return endpoints
    .filter((endpoint) => !endpoint.isForeign())
    .map((endpoint) => {
      const standing = endpoint.standing()
      const rank = rankOf(standing, limits, now) + (avoid.includes(endpoint.name) ? RANKS : 0)
      // Chance decides between those that cost the same.
      return { endpoint, rank, cost: costOf(standing) * (1 + random() / 100) }
    })
    .sort((a, b) => a.rank - b.rank || a.cost - b.cost)
    .map(({ endpoint }) => endpoint)
}

/** More than there are, so that whoever is to be avoided comes after the worst of the others. */
const RANKS = 10

/** The head to go by. What is left alone, or serves another chain, has no say. */
export function headOf(endpoints: readonly Endpoint[]): bigint | undefined {
  const standings = endpoints.filter((each) => !each.isForeign()).map((each) => each.standing())
  const asked = standings.filter(({ circuit }) => circuit !== 'open')
  return commonHead((asked.length > 0 ? asked : standings).map(({ head }) => head))
}

/** One that is left alone is asked only when there is nobody else to ask at all. */
function best(pool: Pool, tried: ReadonlySet<Endpoint>, options: PinOptions) {
  const untried = inOrder(pool, options).filter((endpoint) => !tried.has(endpoint))
  const worthAsking = untried.filter((endpoint) => endpoint.standing().circuit !== 'open')
  return worthAsking[0] ?? (tried.size === 0 ? untried[0] : undefined)
}

const isAnothersChance = (error: unknown) =>
  rpcFailure(error) !== undefined || error instanceof ChainMismatchError

function noEndpoint({ endpoints }: Pool, failures: readonly Failure[]): AppError {
  const mismatch = failures.find(({ error }) => error instanceof ChainMismatchError)?.error
  if (mismatch instanceof AppError && endpoints.every((each) => each.isForeign())) return mismatch
  return new NoEndpointError(failures)
}

/** Nobody could do the work. */
export class NoEndpointError extends AppError {
  readonly code = 'RPC_NO_ENDPOINT'

  constructor(failures: readonly Failure[]) {
    const last = new Map(failures.map(({ endpoint, error }) => [endpoint, describeError(error)]))
    const said = [...last].map(([endpoint, message]) => `${endpoint}: ${message}`)
    super(
      failures.length > 0
        ? `No endpoint could do it in ${failures.length} attempts. ${said.join(' ')}`
        : 'No endpoint is left that may be asked.',
      {
        retry: 'retry',
        details: { attempts: failures.length, said },
        cause: failures.at(-1)?.error,
      },
    )
  }
}
