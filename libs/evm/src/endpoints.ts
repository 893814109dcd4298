import { isDeepStrictEqual } from 'node:util'
import type { ChainId } from '@coffer/money/chain-id'
import { type Clock, systemClock } from '@coffer/runtime/clock'
import { type Endpoint, openEndpoint } from './endpoint.ts'
import {
  type EndpointObserver,
  type EndpointStatus,
  silentEndpointObserver,
} from './endpoint-observer.ts'
import type { JsonRpc } from './json-rpc.ts'
import type { PinnedRpc } from './pinned-rpc.ts'
import {
  headOf,
  inOrder,
  NoEndpointError,
  type PinOptions,
  type Pool,
  type PoolLimits,
  pinnedWork,
} from './pinned-work.ts'
import { ChainMismatchError } from './proven-chain.ts'
import { quorum, shown } from './quorum.ts'

/** Several endpoints of one chain, of which some are always away, slow or wrong. */
export type Endpoints = AsyncDisposable & {
  /**
   * Does `work` with one endpoint, the best there is. When it fails in a way that another endpoint
   * might cure (every `AppError` that may be retried), the whole work is begun anew with the next.
   * So `work` asks that endpoint, changes nothing else, and throws when an answer can't be true.
   * Throws {@link NoEndpointError} when nobody could do it; at once what is no endpoint's fault.
   */
  pin<T>(work: (rpc: PinnedRpc) => Promise<T>, options?: PinOptions): Promise<T>
  /**
   * What `needed` endpoints of different hosts say alike. `ask` throws what may be retried where
   * an endpoint doesn't know, such as for a block that it doesn't have yet: not to know is no vote.
   * Who says otherwise is distrusted. Throws `QuorumError` with what each said. Asking for more
   * than there are hosts is a RangeError.
   */
  quorum<T>(
    needed: number,
    ask: (rpc: PinnedRpc) => Promise<T>,
    options?: PinOptions & { agree?: (one: T, other: T) => boolean },
  ): Promise<T>
  /** How many of them there are: a quorum can't be larger. */
  hosts: number
  /** Has the endpoint of this name asked only after the others for a while. */
  distrust(endpoint: string): void
  /** Any endpoint, each call by itself. */
  rpc: JsonRpc
  /**
   * Asks each endpoint which chain it serves. Throws `ChainMismatchError`, which names the
   * endpoint, or {@link NoEndpointError} when none answers. Those that are away are asked before
   * their first use.
   */
  requireChain(): Promise<void>
  /** Asks each endpoint once how far it is, but those that are to be left alone. Never throws. */
  probe(): Promise<void>
  /** Probes again and again, until stopped. */
  watch(signal: AbortSignal): Promise<void>
  /** The head to go by: of three or more endpoints, two must have reached it. */
  head(): bigint | undefined
  statuses(): EndpointStatus[]
}

export type EndpointsOptions = {
  chain: ChainId
  /** Disposed of with the rest. Weight, 1 by default: how much of the work, if as fast. */
  clients: readonly { rpc: JsonRpc; weight?: number }[]
  observer?: EndpointObserver
  clock?: Clock
  random?: () => number
  limits?: Partial<PoolLimits>
}

const LIMITS: PoolLimits = {
  requestTimeoutMs: 10_000,
  probeTimeoutMs: 3_000,
  pinTimeoutMs: 60_000,
  probeMs: 2_000,
  rounds: 4,
  concurrency: 8,
  concurrencyMax: 64,
  batchCallsMax: 200,
  logBlocksMax: 2_000,
  failuresMax: 5,
  openMs: 1_000,
  openMsMax: 15_000,
  distrustMs: 60_000,
  lagBlocksMax: 3,
  lagMsMax: 15_000,
}

/**
 * Limits for endpoints that must answer within `requestTimeoutMs`: what one has begun is then given
 * up in proportion too.
 */
export const limitsOfTimeout = (
  requestTimeoutMs = LIMITS.requestTimeoutMs,
): Partial<PoolLimits> => ({
  requestTimeoutMs,
  pinTimeoutMs: (requestTimeoutMs * LIMITS.pinTimeoutMs) / LIMITS.requestTimeoutMs,
})

/** Opens a pool over the clients. Nothing is asked before it is used. */
export function openEndpoints(options: EndpointsOptions): Endpoints {
  const { clients, observer = silentEndpointObserver, clock = systemClock } = options
  const limits = { ...LIMITS, ...options.limits }
  const closing = new AbortController()
  const pool: Pool = {
    endpoints: openAll({ ...options, observer, clock, limits }),
    ...{ limits, clock, random: options.random ?? Math.random, signal: closing.signal },
  }
  const { endpoints } = pool
  const pin: Endpoints['pin'] = (work, pinOptions) => pinnedWork(pool, work, pinOptions)
  const distrust = (endpoint: string) => endpoints.find(({ name }) => name === endpoint)?.distrust()
  const hosts = new Set(endpoints.map(({ host }) => host)).size
  const probe = async () => {
    await Promise.all(endpoints.map((each) => each.probe()))
  }
  return {
    pin,
    ...{ probe, hosts, distrust },
    async quorum(needed, ask, { agree = isDeepStrictEqual, ...pinOptions } = {}) {
      if (needed > hosts) {
        throw new RangeError(`A quorum of ${needed} can't be had of ${hosts} hosts.`)
      }
      const deadlineMs = clock.nowMs() + (pinOptions.timeoutMs ?? limits.pinTimeoutMs)
      const witnesses = inOrder(pool, pinOptions).map((each) => {
        const { name, host } = each
        const ms = () => Math.max(0, deadlineMs - clock.nowMs())
        return { name, host, ask: () => each.run(ask, { ms: ms(), height: pinOptions.height }) }
      })
      const onDisagreed = (name: string, said: unknown, agreed: unknown) => {
        distrust(name)
        observer.disagreed(name, shown(said), shown(agreed))
      }
      return await quorum({ needed, agree, witnesses, onDisagreed })
    },
    rpc: {
      name: endpoints.map(({ name }) => name).join(', '),
      call: (method, params) => pin((rpc) => rpc.call(method, params)),
      batch: (calls) => pin((rpc) => rpc.batch(calls)),
      read: (calls, read) => pin((rpc) => rpc.read(calls, read)),
      [Symbol.asyncDispose]: async () => undefined,
    },
    requireChain: () => requireChain(endpoints),
    async watch(signal) {
      while (!signal.aborted) {
        await probe()
        await clock.pause(limits.probeMs, signal)
      }
    },
    head: () => headOf(endpoints),
    statuses() {
      const common = headOf(endpoints)
      return endpoints.map((each) => each.status(common))
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await Promise.all(clients.map(({ rpc }) => rpc[Symbol.asyncDispose]()))
    },
  }
}

type Opening = EndpointsOptions & Pick<Pool, 'clock' | 'limits'> & { observer: EndpointObserver }

function openAll({ clients, random = Math.random, ...shared }: Opening): Endpoint[] {
  const opened: Endpoint[] = []
  const onHead = () => {
    const common = headOf(opened)
    for (const each of opened) each.compare(common)
  }
  const { chain, observer, clock, limits } = shared
  for (const { rpc, weight = 1 } of clients) {
    // Two URLs of one host are shown alike, since what tells them apart may be a secret.
    const before = opened.filter(({ host }) => host === rpc.name).length
    const name = before === 0 ? rpc.name : `${rpc.name}#${before + 1}`
    opened.push(openEndpoint({ chain, rpc, name, weight, clock, random, observer, limits, onHead }))
  }
  return opened
}

async function requireChain(endpoints: readonly Endpoint[]): Promise<void> {
  const failures: { endpoint: string; error: unknown }[] = []
  await Promise.all(
    endpoints.map(async (each) => {
      try {
        await each.requireChain()
      } catch (error) {
        failures.push({ endpoint: each.name, error })
      }
    }),
  )
  const mismatch = failures.find(({ error }) => error instanceof ChainMismatchError)
  if (mismatch) throw mismatch.error
  if (failures.length === endpoints.length) throw new NoEndpointError(failures)
}
