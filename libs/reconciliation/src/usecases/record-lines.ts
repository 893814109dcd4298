import { AppError } from '@coffer/errors/app-error'
import type { ReadEvent } from '@coffer/events/event'
import { type Line, lineId, signedAmount } from '../domain/channel-item.ts'
import type { ChannelRoom, LineConflict } from '../ports.ts'
import { type ChannelRules, judgeGroups } from './judge-groups.ts'
import type { RecordOptions } from './record-bookings.ts'

export type LineEvent = Extract<ReadEvent, { type: 'statement.line' }>

/**
 * Records lines of statements, each once for ever, and holds them against our books, all in one
 * transaction. Throws {@link StatementLineConflictError} of one that was told otherwise before:
 * then nothing of the batch was recorded. Answers how many events were new.
 */
export const recordLines =
  ({ rooms, consumer, rules, now }: RecordOptions) =>
  async (events: readonly LineEvent[]): Promise<number> => {
    if (events.length === 0) return 0
    return await rooms(async (room) => {
      const ids = events.map(({ id }) => id)
      const fresh = await room.claim(consumer, ids)
      const lines = events.filter(({ id }) => fresh.has(id)).map(lineOf)
      const [conflict] = await keepLines(room, lines, { now: now(), rules })
      if (conflict) throw new StatementLineConflictError(conflict)
      return lines.length
    })
  }

/** Records lines and judges what they are about; answers those that were told otherwise before. */
export async function keepLines(
  room: ChannelRoom,
  lines: readonly Line[],
  judging: { now: Date; rules: ChannelRules },
): Promise<LineConflict[]> {
  await room.lock(lines)
  const conflicts = await room.addLines(lines)
  if (conflicts.length > 0) return conflicts
  await judgeGroups(room, lines, judging)
  return []
}

function lineOf({ data }: LineEvent): Line {
  const { kind, amount, movedAt, ...rest } = data
  return { ...rest, kind, amount: signedAmount(kind, amount), movedAt: new Date(movedAt) }
}

/** A channel tells another story than before. Somebody must ask it which one is true. */
export class StatementLineConflictError extends AppError {
  readonly code = 'RECONCILIATION_LINE_CONFLICT'

  constructor({ line, recorded }: LineConflict) {
    const name = `${line.channel} ${lineId(line)}`
    super(
      `Line ${name} says ${saysOf(line)}, and it was recorded as ${saysOf(recorded)}. What was ` +
        'recorded stays; ask the channel which one is true, and import it under another statement.',
      { retry: 'never', details: { line: name } },
    )
  }
}

export const saysOf = ({ kind, reference, asset, amount }: Line): string =>
  `${kind} ${reference} ${asset} ${amount < 0n ? -amount : amount}`
