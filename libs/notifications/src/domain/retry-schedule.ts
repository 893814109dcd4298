const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** How long a webhook waits after each failure: about 75 hours in all. */
export const WEBHOOK_WAITS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]

/** How long an e-mail waits after each failure that may pass: about two days in all. */
export const EMAIL_WAITS_MS: readonly number[] = [
  10 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  8 * HOUR,
  12 * HOUR,
  24 * HOUR,
]

/** So much more or less of each wait, that those who failed together come back one by one. */
const JITTER = 0.1

/**
 * How long to wait after failure number `attempt`, from 1; undefined when that was the last.
 * `chance` is from 0 to 1.
 */
export function waitAfter(
  attempt: number,
  waitsMs: readonly number[],
  chance: number,
): number | undefined {
  const waitMs = waitsMs[attempt - 1]
  return waitMs === undefined ? undefined : Math.round(waitMs * (1 - JITTER + 2 * JITTER * chance))
}

/** How long nothing is sent to an endpoint after so many failures one after another. */
export const restAfter = (failures: number): number =>
  Math.min(5 * MINUTE, 2 * SECOND * 2 ** Math.min(failures - 1, 20))
