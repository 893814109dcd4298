import { type Booking, type GroupKey, groupText, type Line, lineId } from './channel-item.ts'
import type { Finding } from './finding.ts'
import { isWithin, type Tolerance } from './tolerance.ts'

/** All that both sides say of one movement. */
export type Group = GroupKey & {
  bookings: readonly Booking[]
  lines: readonly Line[]
  /** What our books have under the same reference, but of another kind. */
  others?: readonly Booking[]
}

export type MatchRules = {
  tolerance: (channel: string, asset: string) => Tolerance | undefined
  /** Whether the other side should have told of it by now. */
  isBookingDue: (booking: Booking) => boolean
  isLineDue: (line: Line) => boolean
}

export type Match = {
  findings: Finding[]
  /** What the other side has not told of, and need not have so far. */
  waiting: (Booking | Line)[]
}

/**
 * Holds both sides of one movement against each other. What says the same is paired first, so that
 * an odd one among several is named and no other; of what is left, one side's first is held against
 * the other's first.
 */
export function matchGroup(group: Group, rules: MatchRules): Match {
  const rest = withoutSame(group, rules)
  const findings: Finding[] = []
  for (const sameAsset of [true, false]) {
    for (const [booking, line] of pairs(rest, sameAsset)) {
      const kind = sameAsset ? 'amount_differs' : 'asset_differs'
      findings.push(differing(kind, booking, line))
    }
  }
  const bookings = group.bookings.length - rest.bookings.length
  const lines = group.lines.length - rest.lines.length
  const waiting: (Booking | Line)[] = []
  for (const [place, line] of rest.lines.entries()) {
    const isFirst = lines + place === 0
    if (rules.isLineDue(line)) findings.push(lineAlone(line, isFirst, group.others))
    else waiting.push(line)
  }
  for (const [place, booking] of rest.bookings.entries()) {
    const isFirst = bookings + place === 0
    if (rules.isBookingDue(booking)) findings.push(bookingAlone(booking, isFirst))
    else waiting.push(booking)
  }
  return { findings, waiting }
}

type Rest = { bookings: Booking[]; lines: Line[] }

/** What is left when each booking has taken a line that says the same, exactly so if there is. */
function withoutSame({ bookings, lines }: Group, { tolerance }: MatchRules): Rest {
  const rest: Rest = { bookings: bookings.toSorted(inTime), lines: lines.toSorted(inTime) }
  const pairOff = (isPair: (booking: Booking, line: Line) => boolean) => {
    for (const booking of [...rest.bookings]) {
      const line = rest.lines.find((each) => each.asset === booking.asset && isPair(booking, each))
      if (line) take(rest, booking, line)
    }
  }
  pairOff((booking, line) => booking.amount === line.amount)
  pairOff((booking, line) => {
    const rule = tolerance(booking.channel, booking.asset)
    return isWithin(rule, booking.amount, line.amount)
  })
  return rest
}

/** Takes what is left in pairs, as long as both sides have some. */
function pairs(rest: Rest, sameAsset: boolean): [Booking, Line][] {
  const taken: [Booking, Line][] = []
  for (const booking of [...rest.bookings]) {
    const line = rest.lines.find(({ asset }) => !sameAsset || asset === booking.asset)
    if (line === undefined) continue
    take(rest, booking, line)
    taken.push([booking, line])
  }
  return taken
}

function take(rest: Rest, booking: Booking, line: Line): void {
  rest.bookings.splice(rest.bookings.indexOf(booking), 1)
  rest.lines.splice(rest.lines.indexOf(line), 1)
}

const nameOf = (item: Booking | Line): string => ('id' in item ? item.id : lineId(item))

const inTime = (one: Booking | Line, other: Booking | Line): number =>
  one.movedAt.getTime() - other.movedAt.getTime() || (nameOf(one) < nameOf(other) ? -1 : 1)

function differing(
  kind: 'amount_differs' | 'asset_differs',
  booking: Booking,
  line: Line,
): Finding {
  return {
    kind,
    ...aboutGroup(line),
    subject: `${groupText(line)} of ${booking.id} in ${lineId(line)}`,
    ours: { asset: booking.asset, amount: booking.amount },
    theirs: { asset: line.asset, amount: line.amount },
    happenedAt: line.movedAt,
  }
}

const lineAlone = (
  line: Line,
  isFirst: boolean,
  others: readonly Booking[] | undefined,
): Finding => ({
  kind: isFirst ? 'missing_inside' : 'duplicate_line',
  ...aboutGroup(line),
  subject: `${groupText(line)} in ${lineId(line)}`,
  theirs: { asset: line.asset, amount: line.amount },
  happenedAt: line.movedAt,
  ...(isFirst ? { detail: insteadOf(others) } : {}),
})

/** Whether nobody here knows of it, or it is booked as something else. */
const insteadOf = (others: readonly Booking[] = []): string =>
  others.length === 0
    ? 'Our books have nothing under this reference.'
    : `Under this reference our books have ${others
        .map(({ kind, amount, asset, id }) => `a ${kind} of ${amount} ${asset} (${id})`)
        .join(', ')}.`

const bookingAlone = (booking: Booking, isFirst: boolean): Finding => ({
  kind: isFirst ? 'missing_outside' : 'duplicate_booking',
  ...aboutGroup(booking),
  subject: `${groupText(booking)} of ${booking.id}`,
  ours: { asset: booking.asset, amount: booking.amount },
  happenedAt: booking.movedAt,
})

const aboutGroup = ({ channel, kind, reference }: GroupKey) => ({
  place: channel,
  group: { channel, kind, reference },
})
