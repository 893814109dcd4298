import { describeError } from '@coffer/errors/app-error'
import { poll, type StepResult } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { WakeUp } from '@coffer/runtime/wake-up'
import type { Logger } from '@coffer/telemetry/logger'
import { outboxTable } from './outbox-source.ts'
import { pruneOutbox } from './prune-outbox.ts'
import { type RelayOptions, relayStep } from './relay.ts'
import { releaseLease } from './relay-lease.ts'

export type RunRelayOptions = Omit<RelayOptions, 'leaseMs' | 'lingerMs'> & {
  logger: Logger
  /** Called by writers in this process, so that what they wrote leaves at once. */
  wakeUp: WakeUp
  leaseMs?: number
  /** See {@link RelayOptions}. Default: 10. */
  lingerMs?: number
  /** How often rows of other writers are looked for, ms; a fifth as often when there are none. */
  idleMs?: number
  /** How long what was published is kept where the source is pruned, days. Default: 30. */
  keepDays?: number
  /** Has a step wait for what goes first: see `rightOfWay`. */
  givingWay?: (step: () => Promise<StepResult>) => () => Promise<StepResult>
}

/** Between two looks for what was published long ago. */
const PRUNE_EVERY_MS = 600_000

/**
 * Publishes a topic's outbox until stopped, and deletes what was published long ago. While the
 * broker is away rows wait, and it retries.
 */
export function runRelay(options: RunRelayOptions): Work {
  const { logger, wakeUp, leaseMs = 5_000, lingerMs = 10, idleMs = 50, ...rest } = options
  const { givingWay = (step) => step, keepDays = 30, ...relay } = rest
  const { topic, postgres, source = outboxTable } = relay
  const warn = (text: string) => (error: unknown, attempt: number) =>
    logger.warn({ topic, attempt, error: describeError(error) }, text)
  const publishing = poll(givingWay(relayStep({ ...relay, leaseMs, lingerMs })), {
    idleMs,
    idleMaxMs: 5 * idleMs,
    wakeUp,
    onError: warn('relay step failed'),
    retryMaxMs: 2_000,
  })
  const prune = async () => {
    await pruneOutbox({ postgres, topic, olderThanDays: keepDays })
    return 'idle' as const
  }
  const onError = warn('what was published long ago could not be deleted')
  const pruning = poll(prune, { idleMs: PRUNE_EVERY_MS, onError, retryMaxMs: 60_000 })
  const works = source.isPruned ? [publishing, pruning] : [publishing]
  return async (signal) => {
    try {
      await Promise.all(works.map((work) => work(signal)))
    } finally {
      // Without this a successor only waits a little longer.
      await releaseLease(relay).catch(() => undefined)
    }
  }
}
