import { describeError } from '@coffer/errors/app-error'
import { poll } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import type { Job, JobHandler, JobQueue } from './ports.ts'

export type RunJobsOptions = {
  queue: JobQueue
  /** What the jobs are called in logs. */
  name: string
  /**
   * Reads from the database what is due before `until`, the oldest first, `limit` at most. What was
   * handled must not be among it, or not yet again.
   */
  due: (until: Date, limit: number) => Promise<readonly Job[]>
  /** See {@link JobHandler}. Whoever fails is found again by `due`. */
  handle: JobHandler
  /** How often the database is asked, milliseconds: how late work is that Redis has lost. */
  everyMs?: number
  concurrency?: number
  logger: Logger
}

/** Most jobs that are found at once. */
const FOUND_MAX = 1_000

/** After so many rounds whatever is due is done without the queue. */
const LATE_ROUNDS = 3

/**
 * Does what is due until stopped. The queue wakes workers in time; a janitor asks the database, and
 * adds to the queue whatever is due and may have been lost there. While the queue is away the
 * janitor does by itself what is due, and always what should have been done long ago, so that Redis
 * is needed for speed and for nothing else.
 */
export function runJobs(options: RunJobsOptions): Work {
  const { queue, name, handle, everyMs = 10_000, concurrency = 8, logger } = options
  const onError = (error: unknown, id?: string) =>
    logger.warn({ jobs: name, id, error: describeError(error) }, 'a job failed')
  const janitor = poll(janitorStep({ ...options, everyMs, concurrency, onError }), {
    idleMs: everyMs,
    onError: (error) => onError(error),
  })
  return async (signal) => {
    await Promise.all([janitor(signal), queue.run(handle, { concurrency, signal, onError })])
  }
}

type Janitor = Required<Pick<RunJobsOptions, 'everyMs' | 'concurrency'>> &
  RunJobsOptions & { onError: (error: unknown, id: string) => void }

function janitorStep({ queue, due, handle, everyMs, concurrency, onError, ...rest }: Janitor) {
  return async (): Promise<'idle'> => {
    const nowMs = Date.now()
    // Two rounds ahead, so that one that is missed makes nothing late.
    const found = await due(new Date(nowMs + 2 * everyMs), FOUND_MAX)
    const dueBefore = (ms: number) => found.filter(({ dueAt }) => (dueAt?.getTime() ?? 0) <= ms)
    let overdue: readonly Job[]
    try {
      await queue.add(found)
      // A queue keeps back for long what somebody was at who was killed.
      overdue = dueBefore(nowMs - LATE_ROUNDS * everyMs)
    } catch (error) {
      overdue = dueBefore(nowMs)
      const facts = { jobs: rest.name, overdue: overdue.length, error: describeError(error) }
      rest.logger.warn(facts, 'jobs are done without their queue')
    }
    await handleAll(overdue, { handle, concurrency, onError })
    return 'idle'
  }
}

async function handleAll(
  jobs: readonly Job[],
  { handle, concurrency, onError }: Pick<Janitor, 'handle' | 'concurrency' | 'onError'>,
): Promise<void> {
  const waiting = jobs.values()
  const work = async () => {
    for (const { id } of waiting) await handle(id).catch((error: unknown) => onError(error, id))
  }
  await Promise.all(Array.from({ length: concurrency }, work))
}

/** Wakes workers for what was just committed. It never fails: the janitor finds what it loses. */
export async function wake(queue: JobQueue, jobs: readonly Job[], logger: Logger): Promise<void> {
  await queue
    .add(jobs)
    .catch((error: unknown) => logger.debug({ error: describeError(error) }, 'nobody was woken'))
}
