import { AppError } from '@coffer/errors/app-error'
import type { RefundRoom, RefundRooms } from '../channel-ports.ts'
import { isEnded, type Refund } from '../domain/refund.ts'
import { orderRefunded, refundFailed, refundSucceeded } from '../domain/refund-messages.ts'
import { judgePayments } from './judge-payments.ts'

/** What became of a refund. */
export type Conclusion =
  | { status: 'processing'; txHash?: `0x${string}` | undefined }
  /** `at`: when it moved, as the chain says; now, where nothing says so. */
  | { status: 'succeeded'; txHash?: `0x${string}` | undefined; at?: Date }
  | { status: 'failed'; reason: string }

/**
 * Stores what became of a refund, and owes the announcement. Told twice it changes nothing. Throws
 * {@link RefundContradictedError} when it had ended otherwise.
 */
export const concludeRefund =
  ({ rooms, now }: { rooms: RefundRooms; now: () => Date }) =>
  (id: string, conclusion: Conclusion): Promise<'concluded' | 'known' | 'unknown'> =>
    rooms(async (room) => {
      const found = await room.findRefund(id)
      if (found === undefined) return 'unknown'
      await room.lock([found.paymentId])
      // What was read before the lock may be old.
      const refund = (await room.findRefund(id)) ?? found
      if (refund.status === conclusion.status) return 'known'
      if (isEnded(refund)) {
        if (conclusion.status === 'processing') return 'known'
        throw new RefundContradictedError(refund, conclusion.status)
      }
      const at = now()
      if (conclusion.status === 'processing') await process(room, refund, conclusion)
      else if (conclusion.status === 'failed') await fail(room, refund, conclusion.reason, at)
      else await succeed(room, { ...refund, txHash: conclusion.txHash }, conclusion.at ?? at)
      return 'concluded'
    })

async function process(
  room: RefundRoom,
  { id }: Refund,
  { txHash }: { txHash?: `0x${string}` | undefined },
): Promise<void> {
  await room.writeRefund(id, { status: 'processing', ...(txHash ? { txHash } : {}) })
}

async function succeed(room: RefundRoom, refund: Refund, at: Date): Promise<void> {
  const { id, paymentId, orderId, amount, excess, txHash } = refund
  const ended = { endedAt: at, lookAt: null, ...(txHash ? { txHash } : {}) }
  await room.writeRefund(id, { status: 'succeeded', ...ended })
  await room.addRefunded(paymentId, amount)
  await room.announce([refundSucceeded(refund, at)])
  if (amount === excess) return
  const files = await room.open([paymentId])
  const payment = files.find((file) => file.payment.id === paymentId)?.payment
  if (payment === undefined) throw new Error(`The refund ${id} is of no payment.`)
  const order = { ...payment.order, version: payment.order.version + 1 }
  const changed = { ...payment, order }
  await room.save([changed])
  await room.announce([orderRefunded(changed, await room.refundedOfOrder(orderId), at)])
}

/** What was reserved is free again before anything is judged by it. */
async function fail(room: RefundRoom, refund: Refund, reason: string, at: Date): Promise<void> {
  const { id, paymentId, excess } = refund
  await room.writeRefund(id, { status: 'failed', failure: reason, endedAt: at, lookAt: null })
  await room.announce([refundFailed({ ...refund, failure: reason }, at)])
  if (excess > 0n) await judgePayments(room, [paymentId], { at, reason: 'refund' })
}

/** A refund succeeded and failed, by two who should know. An operator must find out which. */
export class RefundContradictedError extends AppError {
  readonly code = 'REFUND_CONTRADICTED'

  constructor({ id, status }: Refund, told: string) {
    super(
      `The refund ${id} has ${status}, and is said to have ${told}. Find out whether it was ` +
        'paid, and correct the books by a transaction.',
      { retry: 'never', details: { id, status, told } },
    )
  }
}
