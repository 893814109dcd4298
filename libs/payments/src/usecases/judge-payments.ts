import { standingOf } from '../domain/payment.ts'
import { changePayment, type Payment, type PaymentChange } from '../domain/payment-change.ts'
import type { PaymentRoom } from '../ports.ts'

/**
 * Brings the payments `ids` to what their facts amount to by now, and owes the announcement of what
 * changed. Answers how many did.
 */
export async function judgePayments(
  room: Pick<PaymentRoom, 'open' | 'save' | 'announce'>,
  ids: readonly string[],
  { at, reason }: { at: Date; reason: string },
): Promise<number> {
  const files = await room.open(ids)
  const changes: PaymentChange[] = []
  // Two payments of one order share its versions.
  const orders = new Map<string, Payment['order']>()
  for (const { payment, ...facts } of files) {
    const order = orders.get(payment.orderId) ?? payment.order
    const standing = standingOf({ terms: payment, ...facts })
    const told = { at, reason: facts.refusal ?? reason }
    const change = changePayment({ ...payment, order }, standing, told)
    if (change === undefined) continue
    changes.push(change)
    orders.set(payment.orderId, change.payment.order)
  }
  await room.save(changes.map(({ payment }) => payment))
  await room.announce(changes.flatMap(({ announcements }) => announcements))
  return changes.length
}
