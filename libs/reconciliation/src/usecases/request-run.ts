import { randomUUID } from 'node:crypto'
import { AppError } from '@coffer/errors/app-error'
import { beginningOf, type Run, type RunScope } from '../domain/run.ts'
import type { Runs } from '../ports.ts'

export type RunRequest = {
  scope: RunScope
  /** The channel or the chain; one that is known. */
  place: string
  /** Of a channel: whatever moved until the end of this day, UTC, is held to be told of. */
  day?: string | undefined
  /** Of a chain: credits that were held against it before are so again. */
  isWhole?: boolean | undefined
  /** The same key is run once, whoever asks. */
  key?: string | undefined
}

export type RequestRunOptions = {
  runs: Pick<Runs, 'add'>
  /** What can be reconciled. */
  places: Readonly<Record<RunScope, readonly string[]>>
  now: () => Date
}

/**
 * Asks for a run, or finds the one that has this key. Throws {@link ReconciliationPlaceError}.
 */
export const requestRun =
  ({ runs, places, now }: RequestRunOptions) =>
  async ({ scope, place, day, isWhole = false, key }: RunRequest): Promise<Run> => {
    if (!places[scope].includes(place)) {
      throw new ReconciliationPlaceError({ scope, place, known: places[scope] })
    }
    const at = now()
    const run: Run = {
      id: randomUUID(),
      scope,
      place,
      through: day === undefined ? undefined : endOfDay(day),
      isWhole,
      status: 'running',
      version: 1,
      progress: beginningOf(scope),
      counts: { checked: 0, opened: 0, explained: 0 },
      dueAt: at,
      startedAt: at,
      finishedAt: undefined,
      failures: 0,
      lastError: undefined,
    }
    return await runs.add(run, key)
  }

/** The first moment that is no more of the day. */
const endOfDay = (day: string): Date =>
  new Date(new Date(`${day}T00:00:00Z`).getTime() + 24 * 3_600_000)

/** Nobody knows this chain or channel. */
export class ReconciliationPlaceError extends AppError {
  readonly code = 'RECONCILIATION_PLACE_UNKNOWN'

  constructor({
    scope,
    place,
    known,
  }: { scope: RunScope; place: string; known: readonly string[] }) {
    super(
      `There is no ${scope} ${JSON.stringify(place)} to reconcile. Expected ` +
        `${known.join(' or ') || 'none, for none is configured'}.`,
      { retry: 'never', details: { scope, place } },
    )
  }
}
