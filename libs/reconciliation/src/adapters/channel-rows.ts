import type { Transaction } from '@coffer/postgres/open-postgres'
import { and, eq, getTableColumns, inArray, ne, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import {
  type Booking,
  type GroupKey,
  groupText,
  ITEM_KINDS,
  type Line,
  lineId,
} from '../domain/channel-item.ts'
import type { Difference } from '../domain/difference.ts'
import type { ChannelRoom, GroupFile, GroupVerdict, LineConflict } from '../ports.ts'
import { channelBookings, channelGroups, differences, statementLines } from '../schema.ts'
import { differenceOf } from './difference-rows.ts'
import { inChunks } from './in-chunks.ts'

/** Each movement once, in one order everywhere. */
function distinctKeys(keys: readonly GroupKey[]): GroupKey[] {
  const byText = new Map(keys.map((key) => [groupText(key), key]))
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, key]) => key)
}

/** Their rows are what is locked; the first to come makes them. */
export async function lockGroups(tx: Transaction, keys: readonly GroupKey[]): Promise<void> {
  const wanted = distinctKeys(keys)
  if (wanted.length === 0) return
  const given = wanted.map(({ channel, kind, reference }) => ({ channel, kind, reference }))
  for (const chunk of inChunks(given)) {
    await tx.insert(channelGroups).values(chunk).onConflictDoNothing()
  }
  const { channel, kind, reference } = channelGroups
  await tx
    .select({ reference })
    .from(channelGroups)
    .where(isAmong([channel, kind, reference], wanted))
    .orderBy(channel, kind, reference)
    .for('update')
}

type GroupColumns = readonly [channel: PgColumn, kind: PgColumn, reference: PgColumn]

const isAmong = ([channel, kind, reference]: GroupColumns, keys: readonly GroupKey[]): SQL => sql`
  (${channel}, ${kind}, ${reference}) in (
    select * from unnest(
      ${sql.param(keys.map((key) => key.channel))}::text[],
      ${sql.param(keys.map((key) => key.kind))}::text[],
      ${sql.param(keys.map((key) => key.reference))}::text[]))`

const columnsOf = (table: {
  channel: PgColumn
  kind: PgColumn
  reference: PgColumn
}): GroupColumns => [table.channel, table.kind, table.reference]

/** What was recorded under the same name says the same, or is told of. */
export async function addLines(tx: Transaction, lines: readonly Line[]): Promise<LineConflict[]> {
  if (lines.length === 0) return []
  await tx
    .insert(statementLines)
    .values([...lines])
    .onConflictDoNothing()
  const rows = await tx
    .select()
    .from(statementLines)
    .where(
      and(
        inArray(statementLines.channel, [...new Set(lines.map(({ channel }) => channel))]),
        inArray(statementLines.statementId, [...new Set(lines.map((line) => line.statementId))]),
      ),
    )
  const recorded = new Map(rows.map((row) => [nameOf(row), row]))
  return lines.flatMap((line) => {
    const row = recorded.get(nameOf(line))
    return row === undefined || isSame(line, row) ? [] : [{ line, recorded: row }]
  })
}

const nameOf = (line: Line): string => `${line.channel} ${lineId(line)}`

const isSame = (one: Line, other: Line): boolean =>
  groupText(one) === groupText(other) &&
  one.asset === other.asset &&
  one.amount === other.amount &&
  one.channelReference === other.channelReference &&
  one.movedAt.getTime() === other.movedAt.getTime()

export async function addBookings(tx: Transaction, bookings: readonly Booking[]): Promise<void> {
  if (bookings.length === 0) return
  await tx
    .insert(channelBookings)
    .values([...bookings])
    .onConflictDoNothing()
}

export async function readGroups(tx: Transaction, keys: readonly GroupKey[]): Promise<GroupFile[]> {
  const wanted = distinctKeys(keys)
  if (wanted.length === 0) return []
  const groups = await tx
    .select()
    .from(channelGroups)
    .where(isAmong(columnsOf(channelGroups), wanted))
  const bookings = await tx
    .select(getTableColumns(channelBookings))
    .from(channelBookings)
    .where(isAmong(columnsOf(channelBookings), wanted))
  const { recordedAt: _, ...told } = getTableColumns(statementLines)
  const lines = await tx
    .select(told)
    .from(statementLines)
    .where(isAmong(columnsOf(statementLines), wanted))
  const ours = Map.groupBy(bookings, groupText)
  const theirs = Map.groupBy(lines, groupText)
  const isTheirsAlone = (key: GroupKey) => theirs.has(groupText(key)) && !ours.has(groupText(key))
  const others = await bookedOtherwise(tx, wanted.filter(isTheirsAlone))
  return groups.map(({ channel, kind, reference, through }) => ({
    ...{ channel, kind, reference },
    through: through ?? undefined,
    bookings: ours.get(groupText({ channel, kind, reference })) ?? [],
    lines: theirs.get(groupText({ channel, kind, reference })) ?? [],
    others: others.filter((each) => each.channel === channel && each.reference === reference),
  }))
}

/** What our books have of the same references, of whatever kind: it explains what is not there. */
async function bookedOtherwise(tx: Transaction, keys: readonly GroupKey[]): Promise<Booking[]> {
  if (keys.length === 0) return []
  return await tx
    .select(getTableColumns(channelBookings))
    .from(channelBookings)
    .where(
      isAmong(
        columnsOf(channelBookings),
        keys.flatMap((key) => ITEM_KINDS.map((kind) => ({ ...key, kind }))),
      ),
    )
}

export async function readThrough(
  tx: Transaction,
  channels: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const read = new Map<string, Date>()
  for (const channel of channels) {
    const [newest] = await tx
      .select({ movedAt: statementLines.movedAt })
      .from(statementLines)
      .where(eq(statementLines.channel, channel))
      .orderBy(sql`${statementLines.movedAt} desc`)
      .limit(1)
    if (newest) read.set(channel, newest.movedAt)
  }
  return read
}

export async function differencesOf(
  tx: Transaction,
  keys: readonly GroupKey[],
): Promise<Difference[]> {
  if (keys.length === 0) return []
  const { place, itemKind, reference } = differences
  const rows = await tx
    .select()
    .from(differences)
    .where(and(isAmong([place, itemKind, reference], keys), ne(differences.status, 'explained')))
  return rows.map(differenceOf)
}

export async function settleGroups(
  tx: Transaction,
  verdicts: readonly GroupVerdict[],
): Promise<void> {
  if (verdicts.length === 0) return
  const list = (pick: (verdict: GroupVerdict) => string | null) => sql.param(verdicts.map(pick))
  await tx.execute(sql`
    update reconciliation.channel_groups as judged set
      outcome = verdict.outcome, due_at = verdict.due_at, through = verdict.through
    from unnest(
      ${list(({ channel }) => channel)}::text[], ${list(({ kind }) => kind)}::text[],
      ${list(({ reference }) => reference)}::text[], ${list(({ outcome }) => outcome)}::text[],
      ${list(({ dueAt }) => dueAt?.toISOString() ?? null)}::timestamptz[],
      ${list(({ through }) => through?.toISOString() ?? null)}::timestamptz[]
    ) as verdict (channel, kind, reference, outcome, due_at, through)
    where (judged.channel, judged.kind, judged.reference)
      = (verdict.channel, verdict.kind, verdict.reference)`)
}

/** What is due, or what moved so early that it is held to be due. */
export async function unmatchedGroups(
  tx: Transaction,
  { channel, dueBefore, movedBefore }: Parameters<ChannelRoom['unmatched']>[0],
  { after, limit }: Parameters<ChannelRoom['unmatched']>[1],
): Promise<GroupKey[]> {
  const moved = (table: SQL) => sql`exists (
    select from ${table} as item
    where (item.channel, item.kind, item.reference)
      = (waiting.channel, waiting.kind, waiting.reference)
      and item.moved_at < ${movedBefore?.toISOString()}::timestamptz)`
  const isEarly =
    movedBefore === undefined
      ? sql`false`
      : sql`${moved(sql`reconciliation.channel_bookings`)}
          or ${moved(sql`reconciliation.statement_lines`)}`
  return await tx.execute<GroupKey>(sql`
    select channel, kind, reference from reconciliation.channel_groups as waiting
    where channel = ${channel} and outcome <> 'matched'
      and (kind, reference) > (${after?.kind ?? ''}, ${after?.reference ?? ''})
      and (due_at < ${dueBefore.toISOString()}::timestamptz or ${isEarly})
    order by kind, reference limit ${limit}`)
}
