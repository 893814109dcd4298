import type { JobQueue } from '@coffer/jobs/ports'
import { runJobs } from '@coffer/jobs/run-jobs'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import type { ExpiryCalendar } from './ports.ts'

export type ExpiryJobsOptions = {
  calendar: ExpiryCalendar
  expirePayments: (ids: readonly string[]) => Promise<number>
  queue: JobQueue
  /** How long a payment is waited for after it has expired, milliseconds. */
  graceMs: number
  /** How often the database is asked, milliseconds. */
  everyMs: number
  logger: Logger
}

/** Payments that expire at once are ended so many in one transaction. */
const ENDED_MAX = 500

/**
 * Ends the waiting for payments. A job is a moment, and ends all payments whose time is over by
 * then: thousands may expire in the same second.
 */
export function expiryJobs(options: ExpiryJobsOptions): Work {
  const { calendar, expirePayments, graceMs, ...rest } = options
  return runJobs({
    ...rest,
    name: 'payments.expire',
    async due(until, limit) {
      const moments = await calendar.moments(new Date(until.getTime() - graceMs), limit)
      return moments.map((moment) => {
        return { id: moment.toISOString(), dueAt: new Date(moment.getTime() + graceMs) }
      })
    },
    async handle(id) {
      for (;;) {
        const ids = await calendar.expired(new Date(id), ENDED_MAX)
        await expirePayments(ids)
        if (ids.length < ENDED_MAX) return
      }
    },
  })
}
