import { describeError } from '@coffer/errors/app-error'
import { backoffMs, pause } from '@coffer/runtime/backoff'
import type { Logger } from '@coffer/telemetry/logger'
import type { BatchHandler, Consumer } from '../ports.ts'

const RETRY = { firstMs: 100, maxMs: 2_000 }

/** One membership of a group: returns when `signal` aborts and throws when the broker ends it. */
export type RunMember = (handler: BatchHandler, signal: AbortSignal) => Promise<void>

/** A consumer for ever: whatever ends its membership of `group`, it joins again. */
export function keepJoining(
  runMember: RunMember,
  { group, logger }: { group: string; logger: Logger },
): Consumer {
  return {
    async run(handler, signal) {
      for (let attempt = 0; !signal.aborted; ) {
        let handled = false
        const noted: BatchHandler = async (deliveries) => {
          await handler(deliveries)
          handled = true
        }
        try {
          await runMember(noted, signal)
        } catch (error) {
          attempt = handled ? 1 : attempt + 1
          logger.warn({ group, attempt, error: describeError(error) }, 'Joining the group again')
          await pause(backoffMs(attempt, RETRY), signal)
        }
      }
    },
  }
}
