import { describeError } from '@coffer/errors/app-error'
import { poll, type StepResult } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { WakeUp } from '@coffer/runtime/wake-up'
import type { Logger } from '@coffer/telemetry/logger'
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
  /** Has a step wait for what goes first: see `rightOfWay`. */
  givingWay?: (step: () => Promise<StepResult>) => () => Promise<StepResult>
}

/** Publishes a topic's outbox until stopped. While the broker is away rows wait, and it retries. */
export function runRelay(options: RunRelayOptions): Work {
  const { logger, wakeUp, leaseMs = 5_000, lingerMs = 10, idleMs = 50, ...rest } = options
  const { givingWay = (step) => step, ...relay } = rest
  const onError = (error: unknown, attempt: number) =>
    logger.warn({ topic: relay.topic, attempt, error: describeError(error) }, 'relay step failed')
  const work = poll(givingWay(relayStep({ ...relay, leaseMs, lingerMs })), {
    idleMs,
    idleMaxMs: 5 * idleMs,
    wakeUp,
    onError,
    retryMaxMs: 2_000,
  })
  return async (signal) => {
    try {
      await work(signal)
    } finally {
      // Without this a successor only waits a little longer.
      await releaseLease(relay).catch(() => undefined)
    }
  }
}
