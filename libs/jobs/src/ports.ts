/** Something that is due. What it is about is in the database, under `id`. */
export type Job = {
  id: string
  /** At once if it is past or absent. */
  dueAt?: Date | undefined
}

/** Does what is due of `id`. It may be called for nothing, and for one id many times. */
export type JobHandler = (id: string) => Promise<void>

/**
 * Wakes workers, and knows nothing that the database does not: it may lose every job and give each
 * out more than once. Adapters: `adapters/bullmq-jobs.ts`, `testing/memory-jobs.ts`.
 */
export type JobQueue = AsyncDisposable & {
  /**
   * Wakes a worker for each, when it is due. One that waits already is not added again; one that is
   * being handled is handled once more. Throws {@link JobsUnavailableError} in bounded time.
   */
  add(jobs: readonly Job[]): Promise<void>
  /**
   * Gives out jobs, `concurrency` at once, until `signal` aborts; resolves when those under way are
   * done. While Redis is away there are none. What a handler throws goes to `onError`, and its job
   * is not given out again: who finds what is due adds it again.
   */
  run(handle: JobHandler, options: JobRunOptions): Promise<void>
}

export type JobRunOptions = {
  concurrency: number
  signal: AbortSignal
  onError: (error: unknown, id: string | undefined) => void
}
