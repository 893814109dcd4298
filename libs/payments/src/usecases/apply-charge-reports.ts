import type { Message } from '@coffer/events/event'
import type { Charge, ChargeRoom, ChargeRooms } from '../channel-ports.ts'
import { type ChargeReport, type ChargeStatus, isDecided, stepsTo } from '../domain/charge.ts'
import { chargeReversed, chargeSucceeded } from '../domain/charge-messages.ts'
import { judgePayments } from './judge-payments.ts'

export type ApplyChargeReportsOptions = {
  rooms: ChargeRooms
  now: () => Date
  /** When a charge is looked at again that the channel has not decided, milliseconds from now. */
  againMs: number
}

export type ReportOutcome = 'applied' | 'known' | 'unknown'

/**
 * Applies what a channel says of charges, all in one transaction: money that moved is a receipt of
 * its payment, and one that is taken back is none any more. Told twice, or late, it changes
 * nothing. A charge of which nobody asked is unknown. Answers what became of each, in their order.
 */
export const applyChargeReports =
  ({ rooms, now, againMs }: ApplyChargeReportsOptions) =>
  (reports: readonly ChargeReport[]): Promise<readonly ReportOutcome[]> =>
    rooms(async (room) => {
      const ids = await room.lock([...new Set(reports.map(({ reference }) => reference))])
      const charges = await room.readCharges(ids)
      const told = toldOf(reports, charges)
      for (const round of roundsOf(told.flat())) {
        await applyRound(room, round, { at: now(), againMs })
      }
      return told.map(([first]) => {
        if (first === undefined) return 'unknown'
        return first.isNew ? 'applied' : 'known'
      })
    })

type Told = { charge: Charge; report: ChargeReport; status: ChargeStatus; isNew: boolean }

/**
 * What each report tells of its charge, as if it had come after those before it: where that was
 * known, the status that the charge has; nothing of a charge of which nobody asked.
 */
function toldOf(reports: readonly ChargeReport[], charges: ReadonlyMap<string, Charge>): Told[][] {
  const known = new Map<string, ChargeStatus>()
  return reports.map((report) => {
    const charge = charges.get(report.reference)
    if (charge === undefined || charge.asset !== report.asset) return []
    const before = known.get(report.reference) ?? charge.status
    const steps = stepsTo(before, report.status)
    known.set(report.reference, steps.at(-1) ?? before)
    return steps.length === 0
      ? [{ charge, report, status: before, isNew: false }]
      : steps.map((status) => ({ charge, report, status, isNew: true }))
  })
}

/** Rounds that have one change of an order at most: each is announced as if it had come alone. */
function roundsOf(told: readonly Told[]): Told[][] {
  const rounds: Told[][] = []
  const before = new Map<string, number>()
  for (const each of told) {
    const { orderId } = each.charge
    const round = before.get(orderId) ?? 0
    before.set(orderId, round + 1)
    if (rounds[round]) rounds[round].push(each)
    else rounds.push([each])
  }
  return rounds
}

async function applyRound(
  room: ChargeRoom,
  round: readonly Told[],
  { at, againMs }: { at: Date; againMs: number },
): Promise<void> {
  const again = new Date(at.getTime() + againMs)
  const changed = round.filter(({ isNew }) => isNew)
  const undecided = round.filter(({ status, isNew }) => !isNew && !isDecided(status))
  await room.writeCharges(
    [...changed, ...undecided].map(({ report: { reference, channelId }, status, isNew }) => ({
      ...{ paymentId: reference, status, channelId: isNew ? channelId : undefined },
      lookAt: isDecided(status) ? null : again,
    })),
  )
  const moved = changed.filter(({ status }) => status === 'succeeded' || status === 'charged_back')
  await room.writeReceipts(moved.map((told) => newsOf(told, at)))
  await room.announce(moved.map((told) => movementOf(told, at)))
  const declined = changed.filter(({ status }) => status === 'declined')
  await room.refuse(
    declined.map(({ report: { reference, reason } }) => {
      return { paymentId: reference, reason: reason ?? 'declined' }
    }),
  )
  const judge = (told: readonly Told[], reason: string) =>
    judgePayments(
      room,
      told.map(({ report }) => report.reference),
      { at, reason },
    )
  const isBack = ({ status }: Told) => status === 'charged_back'
  await judge(moved.filter(isBack), 'chargeback')
  await judge([...moved.filter((told) => !isBack(told)), ...declined], 'declined')
}

function newsOf({ report: { reference, channelId, amount, movedAt }, status }: Told, at: Date) {
  const receipt = { id: `charge:${channelId}`, amount, paidAt: movedAt ?? at }
  const eventId = `${receipt.id}:${status}`
  return { eventId, paymentId: reference, receipt, revision: 1, isReversed: status !== 'succeeded' }
}

/** What the books are told: that money moved, whatever its payment comes to by it. */
function movementOf({ charge, report, status }: Told, at: Date): Message {
  const { paymentId, merchantId, channel, asset } = charge
  const { channelId: chargeId, amount, movedAt = at } = report
  const movement = { paymentId, merchantId, channel, chargeId, asset, amount }
  return status === 'succeeded'
    ? chargeSucceeded(movement, movedAt, at)
    : chargeReversed(movement, at)
}
