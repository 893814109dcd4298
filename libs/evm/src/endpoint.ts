import type { ChainId } from '@coffer/money/chain-id'
import type { Clock } from '@coffer/runtime/clock'
import { adaptiveLimit } from './adaptive-limit.ts'
import { adaptiveRange } from './adaptive-range.ts'
import { type Circuit, type CircuitState, circuit } from './circuit.ts'
import type { EndpointObserver, EndpointStatus } from './endpoint-observer.ts'
import type { Standing } from './endpoint-standing.ts'
import { guardedRpc } from './guarded-rpc.ts'
import { type JsonRpc, type RpcCall, RpcUnavailableError } from './json-rpc.ts'
import { type PinnedRpc, pinnedRpc } from './pinned-rpc.ts'
import { provenChain } from './proven-chain.ts'
import { type RpcFailure, rpcFailure } from './rpc-failure.ts'
import { trackedHead } from './tracked-head.ts'
import { withinDeadline } from './within-deadline.ts'

/** One endpoint among several. */
export type Endpoint = {
  /** As it may be shown; no two have the same. */
  name: string
  /** Endpoints of one host are no independent witnesses. */
  host: string
  /** Does `work`, which is about blocks up to `height`, with this endpoint alone. */
  run<T>(work: (rpc: PinnedRpc) => Promise<T>, options: RunOptions): Promise<T>
  /** Asks which chain it serves and how far it is. Never throws. */
  probe(): Promise<void>
  /** Throws `ChainMismatchError` if it serves another chain than it should, now or ever before. */
  requireChain(): Promise<void>
  /** It is asked only after the others for a while: what it said is not what they say. */
  distrust(): void
  /** Tells it how far the others are. */
  compare(common: bigint | undefined): void
  standing(): Standing
  status(common: bigint | undefined): EndpointStatus
  isForeign(): boolean
}

export type RunOptions = {
  /** How long it may take, milliseconds. */
  ms: number
  height?: bigint | undefined
}

export type EndpointOptions = {
  chain: ChainId
  rpc: JsonRpc
  name: string
  weight: number
  clock: Clock
  /** From 0 to 1. */
  random: () => number
  observer: EndpointObserver
  limits: EndpointLimits
  /** It has told of a head. */
  onHead: () => void
}

export type EndpointLimits = {
  /** A request that takes longer is given up. So is one that waits in line for longer. */
  requestTimeoutMs: number
  probeTimeoutMs: number
  /** Requests in flight: at first, and at most. */
  concurrency: number
  concurrencyMax: number
  /** Calls in a batch, and blocks in a range of logs, to begin with and at most. */
  batchCallsMax: number
  logBlocksMax: number
  /** So many failures in a row, and it is left alone. */
  failuresMax: number
  /** For how long: the first time, and at most. */
  openMs: number
  openMsMax: number
  /** How long one that others contradicted is asked only after them. */
  distrustMs: number
}

export function openEndpoint(options: EndpointOptions): Endpoint {
  const { rpc, name, weight, clock, observer, limits } = options
  const limit = adaptiveLimit(limits)
  const batchCalls = adaptiveRange({ first: limits.batchCallsMax, max: limits.batchCallsMax })
  const logBlocks = adaptiveRange({ first: limits.logBlocksMax, max: limits.logBlocksMax })
  const breaker = circuit({ ...limits, random: options.random })
  const heads = trackedHead(options)
  const proof = provenChain(options)
  const guarded = guardedRpc({
    ...{ rpc, name, clock, limit, batchCalls, timeoutMs: limits.requestTimeoutMs },
    onRequested: (what, ms) => observer.requested(name, { what, ms }),
    onFailed: (failure, error) => observer.failed(name, failure, error),
  })
  const requireChain = () => proof.require(() => guarded.call('eth_chainId', []))
  const outcome = outcomes(options, breaker)
  let load = 0
  let distrustedUntil = Number.NEGATIVE_INFINITY

  const standing = (): Standing => {
    const state = breaker.state(clock.nowMs())
    return {
      // One at a time may try whether it is back.
      circuit: state === 'half-open' && load > 0 ? 'open' : state,
      isDistrusted: clock.nowMs() < distrustedUntil,
      ...{ failures: breaker.failures, ...heads.seen(), heldMs: guarded.heldMs() },
      ...{ latencyMs: guarded.latencyMs, load, weight },
      ...{ concurrency: limit.concurrency, rate: limit.rate },
    }
  }
  return {
    ...{ name, host: rpc.name, requireChain, standing },
    isForeign: proof.isForeign,
    compare: heads.compare,
    distrust() {
      distrustedUntil = clock.nowMs() + limits.distrustMs
    },
    async run(work, { ms, height }) {
      load += 1
      const what = 'a piece of work'
      const tooLate = () =>
        new RpcUnavailableError(name, { what, got: `no end in ${ms} ms`, kind: 'timeout' })
      try {
        const result = await withinDeadline({ clock, ms, tooLate }, async (givenUp) => {
          await requireChain()
          return await work(pinnedRpc(guarded, { name, logBlocks, givenUp, saw: heads.saw }))
        })
        outcome.succeeded(height)
        return result
      } catch (error) {
        // Who never said that he had the block is not to blame for not having it.
        const { head } = heads.seen()
        const isBeyond = height !== undefined && head !== undefined && head < height
        outcome.failed(error, { isBeyond })
        throw error
      } finally {
        load -= 1
      }
    },
    async probe() {
      if (proof.isForeign() || guarded.heldMs() > 0) return
      if (breaker.state(clock.nowMs()) === 'open') return
      await outcome.probed(() => probe(options, { check: proof.check, saw: heads.saw }))
    },
    status(common) {
      const { circuit: state, failures, head, latencyMs } = standing()
      const isBehind = common !== undefined && head !== undefined && head < common
      return {
        ...{ endpoint: name, circuit: state, foreign: proof.isForeign(), failures, head },
        ...{ lagBlocks: isBehind ? common - head : 0n, latencyMs, inFlight: limit.inFlight },
        ...{ concurrency: limit.concurrency, rate: limit.rate },
        ...{ batchCalls: batchCalls.size(), logBlocks: logBlocks.size() },
      }
    },
  }
}

const HEAD: RpcCall = { method: 'eth_getBlockByNumber', params: ['latest', false] }

type Told = { check: (chain: unknown) => void; saw: (call: RpcCall, answer: unknown) => void }

/** Passes by those who wait in line, for it wants to know whether the line moves at all. */
async function probe({ rpc, name, clock, limits }: EndpointOptions, { check, saw }: Told) {
  const ms = limits.probeTimeoutMs
  const got = `no answer in ${ms} ms`
  const tooLate = () => new RpcUnavailableError(name, { what: 'its head', got, kind: 'timeout' })
  const [chain, header] = await withinDeadline({ clock, ms, tooLate }, () =>
    Promise.all([rpc.call('eth_chainId', []), rpc.call(HEAD.method, HEAD.params)]),
  )
  check(chain)
  saw(HEAD, header)
}

/** Too many requests, or too large ones, are no reason to leave an endpoint alone. */
const HARMLESS: readonly RpcFailure[] = ['busy', 'too-large']

/** How long answers that prove nothing don't make up for one that was disproved. */
const DOUBT_MS = 60_000

/** Tells the circuit of an endpoint how work with it went, and the observer what came of that. */
function outcomes({ name, clock, observer }: EndpointOptions, breaker: Circuit) {
  let told: CircuitState = 'closed'
  const moving = (change: () => void) => {
    change()
    const state = breaker.state(clock.nowMs())
    // A trial that failed is no news: it has been left alone before.
    if (state === told || state === 'half-open') return
    told = state
    observer.circuitMoved(name, state)
  }
  let disprovedAt = Number.NEGATIVE_INFINITY
  const failed = (error: unknown, { isBeyond = false } = {}) => {
    const failure = rpcFailure(error)
    if (failure === 'disproved') observer.failed(name, failure, error)
    if (failure === undefined || HARMLESS.includes(failure)) return
    if (isBeyond && (failure === 'disproved' || failure === 'refused')) return
    if (failure === 'disproved') disprovedAt = clock.nowMs()
    moving(() => breaker.failed(clock.nowMs()))
  }
  return {
    failed,
    succeeded(height: bigint | undefined) {
      // One that tells of a head without the blocks answers well as long as it is asked no more.
      const isDoubted = clock.nowMs() < disprovedAt + DOUBT_MS
      if (height === undefined && isDoubted) return
      disprovedAt = Number.NEGATIVE_INFINITY
      moving(() => breaker.succeeded())
    },
    async probed(asking: () => Promise<void>) {
      try {
        await asking()
        moving(() => breaker.answered(clock.nowMs()))
      } catch (error) {
        const failure = rpcFailure(error)
        if (failure) observer.failed(name, failure, error)
        failed(error)
      }
    },
  }
}
