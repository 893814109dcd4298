import type { ChargeRooms } from '../channel-ports.ts'
import { type ChargeReport, isDecided, laterOf } from '../domain/charge.ts'
import { judgePayments } from './judge-payments.ts'

export type ApplyChargeReportOptions = {
  rooms: ChargeRooms
  now: () => Date
  /** When a charge is looked at again that the channel has not decided, milliseconds from now. */
  againMs: number
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Applies what a channel says of a charge: money that moved is a receipt of its payment, and one
 * that is taken back is none any more. Told twice, or late, it changes nothing. A charge of which
 * nobody asked is unknown.
 */
export const applyChargeReport =
  ({ rooms, now, againMs }: ApplyChargeReportOptions) =>
  async (report: ChargeReport): Promise<'applied' | 'known' | 'unknown'> => {
    const { reference: id, channelId, amount } = report
    if (!UUID.test(id)) return 'unknown'
    return await rooms(async (room) => {
      const [locked] = await room.lock([id])
      const charge = locked === undefined ? undefined : await room.readCharge(id)
      if (charge === undefined || charge.asset !== report.asset) return 'unknown'
      const at = now()
      const status = laterOf(charge.status, report.status)
      const lookAt = isDecided(status) ? null : new Date(at.getTime() + againMs)
      if (status === charge.status) {
        await room.writeCharge(id, { status, lookAt })
        return 'known'
      }
      await room.writeCharge(id, { status, channelId, lookAt })
      if (status === 'succeeded' || status === 'charged_back') {
        const receipt = { id: `charge:${channelId}`, amount, paidAt: report.movedAt ?? at }
        const isReversed = status === 'charged_back'
        const eventId = `${receipt.id}:${status}`
        await room.writeReceipts([{ eventId, paymentId: id, receipt, revision: 1, isReversed }])
      }
      if (status === 'declined') await room.refuse(id, report.reason ?? 'declined')
      const reason = status === 'charged_back' ? 'chargeback' : 'declined'
      await judgePayments(room, [id], { at, reason })
      return 'applied'
    })
  }
