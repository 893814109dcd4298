import { copyField } from '@coffer/postgres/copy-rows'
import type { LoggedTransaction } from '../logged-transaction.ts'
import type { AccountNumbers } from './account-numbers.ts'
import { type LineBuffer, lineBuffer, takeLines, writeText } from './line-buffer.ts'

/** Rows of the shadow's tables for COPY. */
export type ShadowLines = {
  transactions: LineBuffer
  entries: LineBuffer
  held: LineBuffer
}

export const shadowLines = (): ShadowLines => ({
  transactions: lineBuffer(),
  entries: lineBuffer(),
  held: lineBuffer(),
})

/** What was written so far; what is written next is not among it. */
export const takeShadowLines = (lines: ShadowLines) => ({
  transactions: takeLines(lines.transactions),
  entries: takeLines(lines.entries),
  held: takeLines(lines.held),
})

/** Adds what the log has at `place` to `lines`. */
export function addLines(
  lines: ShadowLines,
  place: string,
  transaction: LoggedTransaction,
  accounts: AccountNumbers,
): void {
  const { transactionId: id, eventAt, recordedAt, entries, hold, resolves, closes } = transaction
  const { reference, code, owner, traceparent, reverses } = transaction
  const closed = closes?.map((account) => accounts.numberOf(account))
  const fields = [
    ...[place, id, copyField(reference), copyField(code), eventAt, recordedAt],
    ...[copyField(owner), copyField(traceparent), copyField(reverses ?? null)],
    ...[hold ? 'held' : (resolves?.as ?? NULL), hold?.expiresAt ?? NULL],
    ...[copyField(resolves?.hold ?? null), closed ? `{${closed.join()}}` : NULL],
  ]
  writeText(lines.transactions, `${fields.join('\t')}\n`)
  for (const entry of entries) {
    const { accountVersion, amount, balanceAfter } = entry
    const booked = [place, accounts.numberOf(entry), accountVersion, id, amount, balanceAfter]
    writeText(lines.entries, `${booked.join('\t')}\n`)
  }
  for (const entry of hold?.held ?? []) {
    const held = [place, id, accounts.numberOf(entry), entry.amount]
    writeText(lines.held, `${held.join('\t')}\n`)
  }
}

const NULL = '\\N'
