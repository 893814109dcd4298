import type { Charge, ChargeRoom, ChargeRooms } from '../channel-ports.ts'
import { type ChargeReport, isDecided, laterOf } from '../domain/charge.ts'
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
      const charges = new Map(await room.readCharges(ids))
      const outcomes = reports.map((): ReportOutcome => 'unknown')
      for (const round of roundsOf(reports, charges)) {
        const told = round.map(({ place, report }) => {
          const charge = charges.get(report.reference) as Charge
          const status = laterOf(charge.status, report.status)
          const isNew = status !== charge.status
          outcomes[place] = isNew ? 'applied' : 'known'
          charges.set(report.reference, { ...charge, status })
          return { report, status, isNew }
        })
        await applyRound(room, told, { at: now(), againMs })
      }
      return outcomes
    })

type Placed = { place: number; report: ChargeReport }

/**
 * Reports of known charges, in rounds that have one report of an order at most: each is announced
 * as if it had come alone.
 */
function roundsOf(
  reports: readonly ChargeReport[],
  charges: ReadonlyMap<string, Charge>,
): Placed[][] {
  const rounds: Placed[][] = []
  const before = new Map<string, number>()
  for (const [place, report] of reports.entries()) {
    const charge = charges.get(report.reference)
    if (charge === undefined || charge.asset !== report.asset) continue
    const round = before.get(charge.orderId) ?? 0
    before.set(charge.orderId, round + 1)
    const placed = { place, report }
    if (rounds[round]) rounds[round].push(placed)
    else rounds.push([placed])
  }
  return rounds
}

type Told = { report: ChargeReport; status: Charge['status']; isNew: boolean }

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
