import { auditTelemetry } from '@coffer/deposits/audit-telemetry'
import { balanceTelemetry } from '@coffer/deposits/balance-telemetry'
import { type ChainScan, type ChainScanOptions, chainScan } from '@coffer/deposits/chain-scan'
import { postgresEndpointHealth } from '@coffer/deposits/endpoint-health'
import { type EndpointTelemetry, endpointTelemetry } from '@coffer/deposits/endpoint-telemetry'
import { measureGaps } from '@coffer/deposits/gap-metrics'
import { measureLag } from '@coffer/deposits/lag-metrics'
import { scanTelemetry } from '@coffer/deposits/scan-telemetry'
import { describeError } from '@coffer/errors/app-error'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { newHeads } from '@coffer/evm/new-heads'
import { ChainMismatchError } from '@coffer/evm/proven-chain'
import type { ChainId } from '@coffer/money/chain-id'
import { systemClock } from '@coffer/runtime/clock'
import { poll } from '@coffer/runtime/poll'
import { rightOfWay } from '@coffer/runtime/right-of-way'
import type { Work } from '@coffer/runtime/run-until-stopped'
import { type WakeUp, wakeUp } from '@coffer/runtime/wake-up'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'

export type FollowOptions = Omit<
  ChainScanOptions,
  'config' | 'observer' | 'endpointTelemetry' | 'balanceObserver'
> & {
  logger: Logger
  metrics: Metrics
  /** Pause between two looks at a chain's head, milliseconds. */
  pollMs: number
  /** Called after every step that stored something: there may be events to publish. */
  stored: WakeUp
}

/** How often a chain looks for a rescan to run, milliseconds. */
const RESCAN_IDLE_MS = 250
/** And for calls that are left to be read. */
const TRACE_IDLE_MS = 250

/** How often a chain looks whether balances are due to be proven, milliseconds. */
const PROOF_IDLE_MS = 1_000
/** How often operators are told how endpoints do, milliseconds. */
const HEALTH_IDLE_MS = 2_000
/** How often it is looked for blocks to audit, milliseconds. */
const AUDIT_IDLE_MS = 250

/**
 * How long both wait after a step of the scan, in which what it found is published, and for how
 * long at most while one follows the other, milliseconds.
 */
const GIVING_WAY = { quietMs: 100, waitMsMax: 1_000 }

/**
 * Follows every chain for ever, each by itself, reads the calls that are left for later, runs the
 * rescans that are asked for and audits it. A node that is away is waited for; one of another chain
 * ends the work with {@link ChainMismatchError}.
 */
export async function followChains(
  configs: readonly ChainConfig[],
  options: FollowOptions,
): Promise<AsyncDisposable & { work: Work[] }> {
  const observers = scanTelemetry(options.metrics, options.logger)
  const endpoints = endpointTelemetry(options.metrics, options.logger)
  const balances = balanceTelemetry(options.metrics, options.logger)
  const audits = auditTelemetry(options.metrics, options.logger)
  measureGaps(options.metrics, options.postgres)
  measureLag(options.metrics, options.postgres)
  await using resources = new AsyncDisposableStack()
  const work: Work[] = []
  for (const config of configs) {
    const { chain } = config
    const { telling, endpointTelemetry } = tellHealth(chain, endpoints(chain), options)
    const telemetry = {
      observer: observers(chain),
      endpointTelemetry,
      balanceObserver: balances(chain),
      auditObserver: audits(chain),
    }
    const scan = resources.use(await chainScan({ ...options, config, ...telemetry }))
    const hinted = wakeUp()
    work.push(...followChain(scan, chain, { ...options, hinted }), scan.watchEndpoints, telling)
    work.push(...listenToHeads(config, { ...options, hinted }))
  }
  const opened = resources.move()
  return { work, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** Has operators know, too, what metrics are told of a chain's endpoints. */
function tellHealth(
  chain: ChainId,
  metrics: EndpointTelemetry,
  { postgres, logger }: Pick<FollowOptions, 'postgres' | 'logger'>,
): { telling: Work; endpointTelemetry: EndpointTelemetry } {
  const health = postgresEndpointHealth(postgres)
  let statuses: Parameters<EndpointTelemetry['follow']>[0] = () => []
  const tell = async () => {
    await health.tell(chain, statuses())
    return 'idle' as const
  }
  const onError = (error: unknown) =>
    logger.warn({ chain, error: describeError(error) }, 'nobody is told how endpoints do')
  return {
    telling: poll(tell, { idleMs: HEALTH_IDLE_MS, onError }),
    endpointTelemetry: {
      ...metrics,
      follow(told) {
        metrics.follow(told)
        statuses = told
      },
    },
  }
}

/** Waiting makes no other chain of it: an operator has to look. */
const isFatal = (error: unknown) => error instanceof ChainMismatchError

type Hinted = FollowOptions & {
  /** Called when a node says that it has a new head. */
  hinted: WakeUp
}

function listenToHeads({ chain, wsUrls = [] }: ChainConfig, { hinted, logger }: Hinted): Work[] {
  const onLost = (endpoint: string) =>
    logger.warn({ chain, endpoint }, 'no hints at new heads; the head is polled meanwhile')
  return wsUrls.map((url) => newHeads({ url, onHead: hinted.call, onLost }))
}

function followChain(
  { scan, rescan, trace, proveBalances, audit }: ChainScan,
  chain: ChainId,
  { logger, pollMs, stored, hinted }: Hinted,
): Work[] {
  const onError = (error: unknown, attempt: number) =>
    logger.warn({ chain, attempt, error: describeError(error) }, 'scan step failed')
  const announced = (step: ChainScan['scan']) => async () => {
    const result = await step()
    if (result === 'busy') stored.call()
    return result
  }
  const { goingFirst, givingWay } = rightOfWay({ clock: systemClock, ...GIVING_WAY })
  const proofs = { idleMs: PROOF_IDLE_MS, onError, isFatal }
  return [
    poll(announced(goingFirst(scan)), { idleMs: pollMs, wakeUp: hinted, onError, isFatal }),
    poll(announced(rescan), { idleMs: RESCAN_IDLE_MS, onError, isFatal }),
    poll(announced(trace), { idleMs: TRACE_IDLE_MS, onError, isFatal }),
    ...(proveBalances ? [poll(givingWay(proveBalances), proofs)] : []),
    poll(announced(givingWay(audit)), { idleMs: AUDIT_IDLE_MS, onError, isFatal }),
  ]
}
