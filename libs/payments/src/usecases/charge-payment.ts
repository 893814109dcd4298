import { inGroups } from '@coffer/runtime/in-groups'
import type { CardChannel } from '../channel-ports.ts'
import type { applyChargeReport } from './apply-charge-report.ts'
import { type BeginChargesOptions, beginCharges } from './begin-charges.ts'

export type ChargePaymentOptions = BeginChargesOptions & {
  channel: Pick<CardChannel, 'charge' | 'readCharge'>
  applyChargeReport: ReturnType<typeof applyChargeReport>
  /** Failures of the database, which say nothing about a charge. */
  isTransient: (error: unknown) => boolean
  /** Told when the channel gave no answer. */
  onUnknown?: (paymentId: string, problem: string) => void
}

/** Most charges that are begun in one transaction. */
const GROUP_MAX = 200

/**
 * Has the card of a payment charged, or learns what became of it. That it is about to ask is stored
 * first: whoever finds it asked for learns from the channel what there is before asking again, so
 * that no answer that was lost charges a card twice. Safe to repeat, and at the same time: what is
 * begun meanwhile shares a transaction.
 */
export function chargePayment(options: ChargePaymentOptions) {
  const { channel, applyChargeReport, isTransient, onUnknown } = options
  const handle = beginCharges(options)
  const begin = inGroups({ handle, sizeMax: GROUP_MAX, isOutage: isTransient })
  return async (paymentId: string): Promise<void> => {
    const charge = await begin(paymentId)
    if (charge === undefined) return
    const { asset, amount, card } = charge
    const order = { reference: paymentId, asset, amount, card }
    const known = charge.status === 'waiting' ? undefined : await channel.readCharge(paymentId)
    const isNew = known === undefined || known.outcome === 'absent'
    const answer = isNew ? await channel.charge(order) : known
    if (answer.outcome === 'known') await applyChargeReport(answer.report)
    if (answer.outcome === 'unknown') onUnknown?.(paymentId, answer.problem)
    if (answer.outcome === 'refused') {
      const { reason } = answer
      const declined = { reference: paymentId, channelId: 'none', asset, amount, reason }
      await applyChargeReport({ ...declined, status: 'declined' })
    }
  }
}
