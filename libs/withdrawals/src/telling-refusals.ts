import type { Logger } from '@coffer/telemetry/logger'
import type { PayoutMetrics } from './ports.ts'

/** Of each chain and outcome no more is logged than once in this time, milliseconds. */
const EVERY_MS = 60_000

export type TellingRefusalsOptions = {
  metrics: PayoutMetrics
  logger: Pick<Logger, 'warn'>
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * Counts as `metrics` does, and logs in the node's own words why it did not take a transaction of
 * ours, where an operator can do something about it. All that is open is given to it again and
 * again, so that not each time is logged.
 */
export function tellingRefusals({ metrics, logger, now }: TellingRefusalsOptions): PayoutMetrics {
  const toldAt = new Map<string, number>()
  return {
    ...metrics,
    notTaken(chain, said) {
      metrics.notTaken(chain, said)
      const { outcome, reason } = said
      if (outcome !== 'funds' && outcome !== 'refused') return
      const name = `${chain} ${outcome}`
      if (now() - (toldAt.get(name) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return
      toldAt.set(name, now())
      logger.warn({ chain, outcome, reason }, 'the node did not take a transaction of ours')
    },
  }
}
