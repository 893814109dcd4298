import { describeError } from '@coffer/errors/app-error'
import type { Run } from '../domain/run.ts'
import type { Runs } from '../ports.ts'

/** Does the next step of a run, all of it or nothing: `undefined` if somebody else did it. */
export type RunStep = (run: Run) => Promise<Run | undefined>

export type ContinueRunOptions = {
  runs: Pick<Runs, 'find' | 'failed'>
  /** What this process can reconcile. */
  steps: Readonly<Partial<Record<Run['scope'], RunStep>>>
  now: () => Date
  /** Told of a run that is over. */
  onEnded?: (run: Run) => void
  /** Steps in a row that may fail before the run has failed. */
  failuresMax?: number
}

/** A step that failed is tried again after this, then after twice as long, and so on. */
const RETRY_MS = 5_000

/**
 * Goes on with a run for as long as steps of it are due. Safe to repeat, also for what is over, and
 * at the same time: each step is kept once. A step that fails is tried again later.
 */
export const continueRun =
  ({ runs, steps, now, onEnded, failuresMax = 8 }: ContinueRunOptions) =>
  async (id: string): Promise<Run | undefined> => {
    let run = await runs.find(id)
    while (run?.status === 'running' && run.dueAt <= now()) {
      const before: Run = run
      try {
        const step = steps[before.scope]
        if (step === undefined) throw new Error(`Nobody here reconciles a ${before.scope}.`)
        run = await step(before)
      } catch (error) {
        const isLast = before.failures + 1 >= failuresMax
        const retryAt = new Date(now().getTime() + RETRY_MS * 2 ** before.failures)
        await runs.failed(before, {
          error: describeError(error),
          dueAt: isLast ? undefined : retryAt,
          at: now(),
        })
        throw error
      }
      if (run && run.status !== 'running') onEnded?.(run)
    }
    return run
  }
