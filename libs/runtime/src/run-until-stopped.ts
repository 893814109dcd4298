import { constants } from 'node:os'

/** Exit status of a process that could not stop in time: try again (EX_TEMPFAIL). */
const EXIT_TRY_AGAIN = 75

export type RunOptions = {
  /** How long the work may take to finish after a signal, milliseconds. */
  graceMs?: number
}

/** One piece of a process: it works until `signal` aborts and then returns. */
export type Work = (signal: AbortSignal) => Promise<void>

/**
 * Runs every piece of work until SIGTERM or SIGINT, then waits for all to finish. A piece that
 * throws stops the others and its error is thrown: the supervisor restarts a whole process, never
 * half of one. Past the grace period the process exits with 75; a second signal ends it at once.
 */
export async function runUntilStopped(
  work: readonly Work[],
  { graceMs = 10_000 }: RunOptions = {},
): Promise<void> {
  const stopping = new AbortController()
  const stop = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) process.exit(128 + constants.signals[signal])
    stopping.abort()
    setTimeout(() => process.exit(EXIT_TRY_AGAIN), graceMs).unref()
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  try {
    const running = work.map(async (piece) => {
      try {
        await piece(stopping.signal)
      } finally {
        stopping.abort()
      }
    })
    const failed = (await Promise.allSettled(running)).find((each) => each.status === 'rejected')
    if (failed) throw failed.reason
  } finally {
    process.off('SIGTERM', stop).off('SIGINT', stop)
  }
}
