import type { CardChannel, RefundRooms, StoredRefund } from '../channel-ports.ts'
import { isEnded, type RefundReport } from '../domain/refund.ts'
import type { concludeRefund } from './conclude-refund.ts'

export type PayRefundOptions = {
  rooms: RefundRooms
  channel: Pick<CardChannel, 'refund' | 'readRefund'>
  concludeRefund: ReturnType<typeof concludeRefund>
  now: () => Date
  /** The first pause before the channel is asked again, milliseconds; each next one is longer. */
  retryMs: number
  /** Told when the channel gave no answer. */
  onUnknown?: (id: string, problem: string) => void
}

const RETRY_MAX_MS = 300_000

/**
 * Has a channel pay a refund, or learns what became of it, as `chargePayment` does with charges.
 * Safe to repeat, and at the same time.
 */
export function payRefund(options: PayRefundOptions) {
  const { rooms, channel, concludeRefund, now, retryMs, onUnknown } = options
  return async (id: string): Promise<void> => {
    const refund = await begin(rooms, id, { at: now(), retryMs })
    if (refund === undefined) return
    const known = refund.status === 'requested' ? undefined : await channel.readRefund(id)
    const isNew = known === undefined || known.outcome === 'absent'
    const { paymentId: charge, amount } = refund
    const answer = isNew ? await channel.refund({ reference: id, charge, amount }) : known
    if (answer.outcome === 'known') await applyRefundReport(concludeRefund, answer.report)
    if (answer.outcome === 'unknown') onUnknown?.(id, answer.problem)
    if (answer.outcome === 'refused') {
      await concludeRefund(id, { status: 'failed', reason: answer.reason })
    }
  }
}

/** Applies what a channel says of a refund. */
export async function applyRefundReport(
  conclude: ReturnType<typeof concludeRefund>,
  { reference, status, reason }: RefundReport,
): Promise<'applied' | 'known' | 'unknown'> {
  if (!UUID.test(reference)) return 'unknown'
  if (status === 'pending') return 'known'
  const outcome = await conclude(
    reference,
    status === 'failed' ? { status, reason: reason ?? 'failed' } : { status },
  )
  return outcome === 'concluded' ? 'applied' : outcome
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

async function begin(
  rooms: RefundRooms,
  id: string,
  { at, retryMs }: { at: Date; retryMs: number },
): Promise<StoredRefund | undefined> {
  return await rooms(async (room) => {
    const found = await room.findRefund(id)
    if (found === undefined || found.channel !== 'sandbox') return undefined
    await room.lock([found.paymentId])
    const refund = (await room.findRefund(id)) ?? found
    if (isEnded(refund)) return undefined
    const attempts = refund.attempts + 1
    const pauseMs = Math.min(RETRY_MAX_MS, retryMs * 2 ** (attempts - 1))
    const lookAt = new Date(at.getTime() + pauseMs)
    await room.writeRefund(id, { status: 'processing', attempts, lookAt })
    return refund
  })
}
