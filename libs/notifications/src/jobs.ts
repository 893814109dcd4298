import type { JobQueue } from '@coffer/jobs/ports'
import { type RunJobsOptions, runJobs, wake } from '@coffer/jobs/run-jobs'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import type { Added } from './ports.ts'

/** E-mails that are sent at once. */
const LETTERS_AT_ONCE = 8

export type LetterJobsOptions = Pick<RunJobsOptions, 'queue' | 'due' | 'logger'> & {
  /** Sends one; answers when to try again, in milliseconds. */
  sendLetter: (id: string) => Promise<number | undefined>
  everyMs?: number
}

/** Sends e-mails until stopped. */
export function letterJobs({ sendLetter, ...options }: LetterJobsOptions): Work {
  const { queue, logger } = options
  const handle = async (id: string) => {
    const waitMs = await sendLetter(id)
    if (waitMs === undefined) return
    await wake(queue, [{ id, dueAt: new Date(Date.now() + waitMs) }], logger)
  }
  return runJobs({ name: 'letters', handle, concurrency: LETTERS_AT_ONCE, ...options })
}

export type WakeOptions = { letters: JobQueue; lanes: JobQueue; logger: Logger }

/** Wakes whoever sends what was just made. */
export const wakeFor =
  ({ letters, lanes, logger }: WakeOptions) =>
  async (added: readonly Added[]): Promise<void> => {
    const letterIds = added.flatMap(({ id, way }) => (way === 'email' ? [{ id }] : []))
    const laneIds = new Set(added.flatMap(({ target, way }) => (way === 'webhook' ? [target] : [])))
    await wake(letters, letterIds, logger)
    await wake(
      lanes,
      [...laneIds].map((id) => ({ id })),
      logger,
    )
  }

/** Endpoints that are sent to at once: a slow one takes one place, and rests after failing. */
const LANES_AT_ONCE = 64

export type LaneJobsOptions = Pick<RunJobsOptions, 'queue' | 'due' | 'logger'> & {
  /** Sends what is due to one endpoint; answers when to come again, in milliseconds. */
  deliverWebhooks: (endpointId: string) => Promise<number | undefined>
  everyMs?: number
}

/** Sends webhooks until stopped. */
export function laneJobs({ deliverWebhooks, ...options }: LaneJobsOptions): Work {
  const { queue, logger } = options
  const handle = async (id: string) => {
    const waitMs = await deliverWebhooks(id)
    if (waitMs === undefined) return
    await wake(queue, [{ id, dueAt: new Date(Date.now() + waitMs) }], logger)
  }
  return runJobs({ name: 'webhooks', handle, concurrency: LANES_AT_ONCE, ...options })
}
