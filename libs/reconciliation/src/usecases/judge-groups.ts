import { randomUUID } from 'node:crypto'
import { type Booking, type GroupKey, groupText, type Line } from '../domain/channel-item.ts'
import { type MatchRules, matchGroup } from '../domain/match-group.ts'
import { type Settled, settleFindings } from '../domain/settle-findings.ts'
import type { Tolerance } from '../domain/tolerance.ts'
import type { ChannelRoom, GroupFile, GroupVerdict } from '../ports.ts'
import { keepSettled } from './keep-settled.ts'

/** How statements are held against our books. */
export type ChannelRules = {
  /** How long the other side may take to tell of what moved, milliseconds. */
  graceMs: number
  tolerances: readonly Tolerance[]
}

export type Judging = {
  now: Date
  rules: ChannelRules
  /** Whatever moved before counts as told of by now, however new it is. */
  through?: Date | undefined
}

/** What waits for a statement that nobody has read is looked at again after this, milliseconds. */
const LOOK_AGAIN_MS = 3_600_000

/**
 * Holds both sides of movements that are locked against each other, as far as they have told. Opens
 * what does not agree, and closes what does by now. Answers how many differences were opened.
 */
export async function judgeGroups(
  room: ChannelRoom,
  keys: readonly GroupKey[],
  judging: Judging,
): Promise<{ opened: number; explained: number }> {
  const files = await room.groups(keys)
  const known = Map.groupBy(
    await room.differencesOf(keys),
    ({ group }) => group && groupText(group),
  )
  const read = await room.readThrough([...new Set(keys.map(({ channel }) => channel))])
  const all: Settled = { opened: [], explained: [] }
  const verdicts: GroupVerdict[] = []
  for (const file of files) {
    const through = later(file.through, judging.through)
    const rules = matchRules({ ...judging, through, read: read.get(file.channel) })
    const { findings, waiting } = matchGroup(file, rules)
    const { now } = judging
    const mine = known.get(groupText(file)) ?? []
    const settled = settleFindings(findings, mine, { newId: randomUUID, now })
    all.opened.push(...settled.opened)
    all.explained.push(...settled.explained)
    const outcome = findings.length > 0 ? 'differs' : waiting.length > 0 ? 'waiting' : 'matched'
    verdicts.push({ ...keyOf(file), outcome, through, dueAt: dueAt(waiting, judging) })
  }
  await room.settle(verdicts)
  await keepSettled(room, all, judging.now)
  return { opened: all.opened.length, explained: all.explained.length }
}

const keyOf = ({ channel, kind, reference }: GroupFile): GroupKey => ({ channel, kind, reference })

type RulesAt = Judging & { read: Date | undefined }

function matchRules({ now, rules, through, read }: RulesAt): MatchRules {
  const { graceMs, tolerances } = rules
  const isDue = ({ movedAt }: Booking | Line) =>
    movedAt.getTime() + graceMs <= now.getTime() || isBefore(movedAt, through)
  return {
    tolerance: (channel, asset) =>
      tolerances.find((each) => each.channel === channel && each.asset === asset),
    isLineDue: isDue,
    // A channel that has told of nothing later has not told of this day either.
    isBookingDue: (booking) =>
      isBefore(booking.movedAt, through) || (isDue(booking) && isBefore(booking.movedAt, read)),
  }
}

const isBefore = (moment: Date, end: Date | undefined): boolean => end !== undefined && moment < end

const later = (one: Date | undefined, other: Date | undefined): Date | undefined =>
  one === undefined || (other !== undefined && other > one) ? other : one

function dueAt(waiting: readonly (Booking | Line)[], { now, rules }: Judging): Date | undefined {
  if (waiting.length === 0) return undefined
  const first = Math.min(...waiting.map(({ movedAt }) => movedAt.getTime() + rules.graceMs))
  return new Date(first > now.getTime() ? first : now.getTime() + LOOK_AGAIN_MS)
}
