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
 * half of one. What has not finished within the grace period is cut off by an exit with 75; a
 * second signal ends the process at once.
 */
export async function runUntilStopped(
  work: readonly Work[],
  { graceMs = 10_000 }: RunOptions = {},
): Promise<void> {
  const stopping = new AbortController()
  const stop = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) process.exit(128 + constants.signals[signal])
    stopping.abort()
  }
  let failure: { error: unknown } | undefined
  const cutOff = () => {
    // Nobody will get to see why it had to stop, unless it is said here.
    if (failure) console.error(failure.error)
    process.exit(EXIT_TRY_AGAIN)
  }
  stopping.signal.addEventListener('abort', () => setTimeout(cutOff, graceMs).unref())
  process.on('SIGTERM', stop).on('SIGINT', stop)
  try {
    const running = work.map(async (piece) => {
      try {
        await piece(stopping.signal)
      } catch (error) {
        failure ??= { error }
      }
      stopping.abort()
    })
    await Promise.all(running)
    if (failure) throw failure.error
  } finally {
    process.off('SIGTERM', stop).off('SIGINT', stop)
  }
}
