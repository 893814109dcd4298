import type { RunScope } from '../domain/run.ts'
import type { requestRun } from './request-run.ts'

export type ScheduleRunsOptions = {
  requestRun: ReturnType<typeof requestRun>
  places: Readonly<Record<RunScope, readonly string[]>>
  now: () => Date
  /** How often each place is reconciled, from 1 to 24 hours. */
  everyHours: number
}

const HOUR_MS = 3_600_000

/**
 * Asks for the run of this hour and of this day of each place: the hour's goes on where the last
 * one ended, the day's looks at everything. Whoever asks, and however often, each is run once.
 */
export const scheduleRuns =
  ({ requestRun, places, now, everyHours }: ScheduleRunsOptions) =>
  async (): Promise<void> => {
    const hours = Math.floor(now().getTime() / HOUR_MS)
    const turn = new Date((hours - (hours % everyHours)) * HOUR_MS).toISOString().slice(0, 13)
    const day = now().toISOString().slice(0, 10)
    for (const scope of ['channel', 'chain'] as const) {
      for (const place of places[scope]) {
        await requestRun({ scope, place, key: `hourly ${place} ${turn}` })
        if (scope === 'chain') {
          await requestRun({ scope, place, isWhole: true, key: `daily ${place} ${day}` })
        }
      }
    }
  }
