import { AppError } from '@coffer/errors/app-error'

/** Where a reader stands in a statement, by versions of its account. */
export type StatementPlace = {
  /** The last entry before the statement; 0 is none. */
  opening: number
  /** The last one that it lists, so that it does not grow while it is read. */
  closing: number
  /** The last one that was read. */
  after: number
}

/** A place in a statement, as a client is given it: it says nothing and is passed back. */
export const statementCursor = ({ opening, closing, after }: StatementPlace): string =>
  btoa(`s1.${opening}.${closing}.${after}`)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/** Reads what {@link statementCursor} wrote. Throws {@link StatementCursorError}. */
export function parseStatementCursor(cursor: string): StatementPlace {
  const parts = /^s1\.([0-9]{1,15})\.([0-9]{1,15})\.([0-9]{1,15})$/.exec(decoded(cursor))
  if (parts === null) throw new StatementCursorError()
  const [opening = 0, closing = 0, after = 0] = parts.slice(1).map(Number)
  if (after < opening || after > closing) throw new StatementCursorError()
  return { opening, closing, after }
}

function decoded(cursor: string): string {
  try {
    return atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    throw new StatementCursorError()
  }
}

export class StatementCursorError extends AppError {
  readonly code = 'STATEMENT_CURSOR'

  constructor() {
    super(
      'The cursor is not one of a statement. Pass nextCursor of an earlier answer as it was, ' +
        'with the same user and asset, or leave it out.',
      { retry: 'never' },
    )
  }
}
