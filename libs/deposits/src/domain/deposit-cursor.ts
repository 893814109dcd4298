import { AppError } from '@coffer/errors/app-error'

const SEQUENCE_MAX = 2n ** 63n - 1n

/** A place in the list of deposits, as a client is given it: it says nothing and is passed back. */
export function depositCursor(sequence: bigint): string {
  return btoa(`1.${sequence}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Reads what {@link depositCursor} wrote. Throws {@link DepositCursorError}. */
export function parseDepositCursor(cursor: string): bigint {
  const sequence = BigInt(/^1\.([1-9][0-9]{0,18})$/.exec(decoded(cursor))?.[1] ?? 0)
  if (sequence === 0n || sequence > SEQUENCE_MAX) throw new DepositCursorError()
  return sequence
}

function decoded(cursor: string): string {
  try {
    return atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    throw new DepositCursorError()
  }
}

export class DepositCursorError extends AppError {
  readonly code = 'CURSOR_INVALID'

  constructor() {
    super('The cursor is none. Pass nextCursor of an earlier answer as it was, or leave it out.', {
      retry: 'never',
    })
  }
}
