import type { CardChannel, Statements } from '../channel-ports.ts'

export type ReadStatementOptions = {
  channel: Pick<CardChannel, 'statement'>
  statements: Pick<Statements, 'announce'>
  now: () => Date
  /** How long after it a day may still get lines, milliseconds. */
  settleMs: number
  /** How often a day is read until it is over, milliseconds. */
  everyMs: number
}

const DAY_MS = 86_400_000

/**
 * Reads what a channel says that it moved on a day of UTC, and tells of each line once. A day is
 * read again until it is over. Safe to repeat. Answers how many lines were new.
 */
export const readStatement =
  ({ channel, statements, now, settleMs, everyMs }: ReadStatementOptions) =>
  async (day: string): Promise<number> => {
    // Before it is read: what is moved meanwhile belongs to a day that is not over.
    const at = now()
    const lines = await channel.statement(day)
    const endMs = Date.parse(`${day}T00:00:00Z`) + DAY_MS
    const isComplete = at.getTime() >= endMs + settleMs
    const lookAt = new Date(at.getTime() + everyMs)
    return await statements.announce(day, { channel: 'sandbox', lines, isComplete, lookAt })
  }
