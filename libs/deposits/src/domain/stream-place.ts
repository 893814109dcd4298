import { AppError } from '@coffer/errors/app-error'

const PLACE_MAX = 2n ** 63n - 1n

/**
 * The id of an event: the transaction from which on its reader knows no changes, the moment, and a
 * number within what was told at once. Only the first matters to whoever goes on from it.
 */
export const streamPlace = (from: bigint, atMs: number, number: number): string =>
  `${from}-${atMs}-${number}`

/** Where a reader goes on that was told the event `id`. Throws {@link StreamPlaceError}. */
export function parseStreamPlace(id: string): bigint {
  const from = BigInt(/^(\d{1,19})-\d{1,16}-\d{1,9}$/.exec(id)?.[1] ?? 0)
  if (from === 0n || from > PLACE_MAX) throw new StreamPlaceError()
  return from
}

/** Last-Event-ID is no id of an event of this stream. */
export class StreamPlaceError extends AppError {
  readonly code = 'STREAM_PLACE'

  constructor() {
    super('Last-Event-ID is not of this stream. Send the id of its last event, or none.', {
      retry: 'never',
    })
  }
}
