import { changeOrder } from '../domain/change-order.ts'
import type { PaymentRoom } from '../ports.ts'

/**
 * Brings the orders of the payments `ids` to what their facts amount to by now, and owes the
 * announcement of what changed. Answers how many payments did.
 */
export async function judgePayments(
  room: Pick<PaymentRoom, 'open' | 'save' | 'announce'>,
  ids: readonly string[],
  told: { at: Date; reason: string },
): Promise<number> {
  const byOrder = Map.groupBy(await room.open(ids), ({ payment }) => payment.orderId)
  const changes = [...byOrder.values()].flatMap((files) => changeOrder(files, told))
  await room.save(changes.map(({ payment }) => payment))
  await room.announce(changes.flatMap(({ announcements }) => announcements))
  return changes.length
}
