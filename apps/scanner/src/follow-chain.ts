import { describeError } from '@coffer/errors/app-error'
import type { ChainScan } from '@coffer/deposits/chain-scan'
import type { ChainId } from '@coffer/money/chain-id'
import { poll } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { WakeUp } from '@coffer/runtime/wake-up'
import type { Logger } from '@coffer/telemetry/logger'

export type FollowOptions = {
  chain: ChainId
  logger: Logger
  pollMs: number
  /** Called after every step that stored something: there may be events to publish. */
  stored: WakeUp
}

/** How often a chain looks for a rescan to run, milliseconds. */
const RESCAN_IDLE_MS = 250

/** Scans a chain for ever, and runs the rescans that are asked for beside it. */
export function followChain(
  { scan, rescan }: ChainScan,
  { chain, logger, pollMs, stored }: FollowOptions,
): Work[] {
  const onError = (error: unknown, attempt: number) =>
    logger.warn({ chain, attempt, error: describeError(error) }, 'scan step failed')
  const announced = (step: ChainScan['scan']) => async () => {
    const result = await step()
    if (result === 'busy') stored.call()
    return result
  }
  return [
    poll(announced(scan), { idleMs: pollMs, onError }),
    poll(announced(rescan), { idleMs: RESCAN_IDLE_MS, onError }),
  ]
}
