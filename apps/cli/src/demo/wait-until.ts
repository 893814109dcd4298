import { AppError } from '@coffer/errors/app-error'
import { pause } from '@coffer/runtime/backoff'

export type Wait = {
  /** What is waited for, in words. */
  what: string
  /** True ends the wait. */
  until: () => Promise<boolean> | boolean
  maxMs?: number
}

const POLL_MS = 50

/** Waits for a condition, or throws {@link WaitedTooLongError}. */
export async function waitUntil({ what, until, maxMs = 60_000 }: Wait): Promise<void> {
  const deadline = performance.now() + maxMs
  while (!(await until())) {
    if (performance.now() > deadline) throw new WaitedTooLongError(what, maxMs)
    await pause(POLL_MS)
  }
}

/** Something that should have happened did not. */
export class WaitedTooLongError extends AppError {
  readonly code = 'CLI_WAITED_TOO_LONG'

  constructor(what: string, maxMs: number) {
    super(`Waited ${maxMs / 1_000} s for this, in vain: ${what}. See logs/ in its --home.`, {
      retry: 'never',
    })
  }
}
