import { AppError } from '@coffer/errors/app-error'
import { type Line, lineId } from '../domain/channel-item.ts'
import type { LineConflict, Rooms } from '../ports.ts'
import type { ChannelRules } from './judge-groups.ts'
import { keepLines, saysOf } from './record-lines.ts'

export type ImportStatementOptions = { rooms: Rooms; rules: ChannelRules; now: () => Date }

/**
 * Records the lines of a statement and holds them against our books, all in one transaction. What
 * is recorded already changes nothing. Throws {@link StatementContradictionError} where something
 * else is recorded: then nothing is imported.
 */
export const importStatement =
  ({ rooms, rules, now }: ImportStatementOptions) =>
  async (lines: readonly Line[]): Promise<{ lines: number }> => {
    await rooms(async (room) => {
      const conflicts = await keepLines(room, lines, { now: now(), rules })
      if (conflicts.length > 0) throw new StatementContradictionError(conflicts)
    })
    return { lines: lines.length }
  }

/** Conflicts that are told of. */
const TOLD_MAX = 20

/** A statement says otherwise than the same statement has said before. */
export class StatementContradictionError extends AppError {
  readonly code = 'RECONCILIATION_STATEMENT_CONTRADICTION'

  constructor(conflicts: readonly LineConflict[]) {
    const told = conflicts
      .slice(0, TOLD_MAX)
      .map(
        ({ line, recorded }) =>
          `${lineId(line)} says ${saysOf(line)}, and it was recorded as ${saysOf(recorded)}.`,
      )
    super(
      `The statement was not imported: ${told.join(' ')} What was recorded stays; ask the ` +
        'channel which one is true, and import it under another statement.',
      { retry: 'never', details: { conflicts: conflicts.length } },
    )
  }
}
