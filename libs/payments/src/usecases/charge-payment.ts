import type { CardChannel, Charge, ChargeRooms } from '../channel-ports.ts'
import { isDecided } from '../domain/charge.ts'
import type { applyChargeReport } from './apply-charge-report.ts'

export type ChargePaymentOptions = {
  rooms: ChargeRooms
  channel: Pick<CardChannel, 'charge' | 'readCharge'>
  applyChargeReport: ReturnType<typeof applyChargeReport>
  now: () => Date
  /** The first pause before the channel is asked again, milliseconds; each next one is longer. */
  retryMs: number
  /** Told when the channel gave no answer. */
  onUnknown?: (paymentId: string, problem: string) => void
}

const RETRY_MAX_MS = 300_000

/**
 * Has the card of a payment charged, or learns what became of it. That it is about to ask is stored
 * first: whoever finds it asked for learns from the channel what there is before asking again, so
 * that no answer that was lost charges a card twice. Safe to repeat, and at the same time.
 */
export function chargePayment(options: ChargePaymentOptions) {
  const { rooms, channel, applyChargeReport, now, retryMs, onUnknown } = options
  return async (paymentId: string): Promise<void> => {
    const charge = await begin(rooms, paymentId, { at: now(), retryMs })
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

/** Stores that the channel is asked; nothing where there is nothing to ask. */
async function begin(
  rooms: ChargeRooms,
  paymentId: string,
  { at, retryMs }: { at: Date; retryMs: number },
): Promise<Charge | undefined> {
  return await rooms(async (room) => {
    const [locked] = await room.lock([paymentId])
    const charge = locked === undefined ? undefined : await room.readCharge(paymentId)
    if (charge === undefined || isDecided(charge.status)) return undefined
    const files = await room.open([paymentId])
    const file = files.find(({ payment }) => payment.id === paymentId)
    const isWanted = file?.refusal === undefined && !file?.isOver
    // Nobody was asked so far, and nobody has to be any more.
    if (charge.status === 'waiting' && !isWanted) {
      await room.writeCharge(paymentId, { status: 'declined', lookAt: null })
      return undefined
    }
    const attempts = charge.attempts + 1
    const pauseMs = Math.min(RETRY_MAX_MS, retryMs * 2 ** (attempts - 1))
    const status = charge.status === 'waiting' ? 'asked' : charge.status
    const lookAt = new Date(at.getTime() + pauseMs)
    await room.writeCharge(paymentId, { status, attempts, lookAt })
    return charge
  })
}
