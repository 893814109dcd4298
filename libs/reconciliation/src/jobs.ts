import { describeError } from '@coffer/errors/app-error'
import type { JobQueue } from '@coffer/jobs/ports'
import { runJobs } from '@coffer/jobs/run-jobs'
import { poll } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import type { Runs } from './ports.ts'
import type { continueRun } from './usecases/continue-run.ts'
import type { scheduleRuns } from './usecases/schedule-runs.ts'

export type ReconciliationJobsOptions = {
  queue: JobQueue
  runs: Pick<Runs, 'due'>
  continueRun: ReturnType<typeof continueRun>
  scheduleRuns: ReturnType<typeof scheduleRuns>
  logger: Logger
  /** How often it is looked for what is due, milliseconds. */
  everyMs?: number
}

/** Asks for the runs of the schedule, and goes on with every run that is not over. */
export function runReconciliationJobs(options: ReconciliationJobsOptions): Work {
  const { queue, runs, continueRun, scheduleRuns, logger, everyMs = 10_000 } = options
  const handle = async (id: string) => {
    await continueRun(id)
  }
  const name = 'reconciliation.runs'
  const working = runJobs({ queue, name, due: runs.due, handle, everyMs, logger, concurrency: 2 })
  const schedule = async (): Promise<'idle'> => {
    await scheduleRuns()
    return 'idle'
  }
  const scheduling = poll(schedule, {
    idleMs: everyMs,
    onError: (error) => logger.warn({ error: describeError(error) }, 'runs are scheduled later'),
  })
  return async (signal) => {
    await Promise.all([working(signal), scheduling(signal)])
  }
}
