import type { ChainStatus, ChainStatuses } from '@coffer/deposits/read-ports'
import type { HealthProbes } from '@coffer/http/health'
import type { ChainId } from '@coffer/money/chain-id'
import type { Metrics } from '@coffer/telemetry/metrics'

export type ApiHealthOptions = {
  statuses: Pick<ChainStatuses, 'all'>
  chains: readonly ChainId[]
  /** 0 never looks. */
  headAgeMaxSeconds: number
  metrics: Metrics
}

/** Ready while PostgreSQL answers and every chain is followed and not latched. */
export function apiHealth(options: ApiHealthOptions): HealthProbes {
  const { statuses, chains, headAgeMaxSeconds, metrics } = options
  return {
    live: () => true,
    async ready() {
      const known = await statuses.all().catch(() => undefined)
      if (known === undefined) return { ready: false, checks: { postgres: 'does not answer' } }
      const found = chains.map((chain) => {
        const status = known.find((each) => each.chain === chain)
        return { chain, ...chainCheck(status, headAgeMaxSeconds) }
      })
      return {
        ready: found.every(({ fault }) => fault === undefined),
        checks: {
          postgres: 'answers',
          ...Object.fromEntries(found.map(({ chain, fault, said }) => [chain, fault ?? said])),
        },
      }
    },
    metrics: () => metrics.metrics(),
  }
}

function chainCheck(
  status: ChainStatus | undefined,
  headAgeMaxSeconds: number,
): { fault?: string; said: string } {
  const { head, checkpoint, headAgeSeconds, latchedReason } = status ?? {}
  if (head == null || checkpoint == null || headAgeSeconds == null) {
    return { fault: 'no block is scanned yet', said: '' }
  }
  const said = `head ${head} was seen ${headAgeSeconds} s ago, checkpoint ${checkpoint}`
  if (latchedReason != null) return { fault: `latched: ${latchedReason}`, said }
  const isStale = headAgeMaxSeconds > 0 && headAgeSeconds > headAgeMaxSeconds
  return isStale ? { fault: `${said}; at most ${headAgeMaxSeconds} s is healthy`, said } : { said }
}
