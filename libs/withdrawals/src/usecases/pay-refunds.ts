import type { Address } from '@coffer/evm/address'
import { type Asset, type AssetId, chainOfAsset } from '@coffer/money/asset'
import type { Units } from '@coffer/money/units'
import { refuseDestination } from '../domain/policy.ts'
import type { Withdrawal } from '../domain/withdrawal.ts'
import { approvedMessage, failedMessage, requestedMessage } from '../domain/withdrawal-messages.ts'
import type { WithdrawalRoom, WithdrawalRooms } from '../ports.ts'

/** A refund that was granted, and for which somebody else has reserved what it takes. */
export type RefundOrder = {
  eventId: string
  refundId: string
  paymentId: string
  asset: AssetId
  amount: bigint
  to: Address | undefined
  requestedAt: Date
}

export type PayRefundsOptions = {
  rooms: WithdrawalRooms
  assets: readonly Asset[]
  own: readonly Address[]
  /** Who handles them, for the inbox. */
  consumer: string
  now: () => Date
}

/**
 * Queues the payouts of refunds, each once, however often it is told of. One that can't be paid
 * where it should go fails at once, so that what was reserved for it is free again.
 */
export const payRefunds =
  (options: PayRefundsOptions) =>
  async (orders: readonly RefundOrder[]): Promise<void> => {
    if (orders.length === 0) return
    await options.rooms(async (room) => {
      const ids = orders.map(({ eventId }) => eventId)
      const fresh = await room.claim(options.consumer, ids)
      const seen = new Set<string>()
      for (const order of orders) {
        if (!fresh.has(order.eventId) || seen.has(order.eventId)) continue
        seen.add(order.eventId)
        await queueRefund(room, order, options)
      }
    })
  }

async function queueRefund(
  room: WithdrawalRoom,
  { refundId, paymentId, asset, amount, to, requestedAt }: RefundOrder,
  { assets, own, now }: PayRefundsOptions,
): Promise<void> {
  const at = now()
  const tokens = assets.flatMap(({ contract }) => contract ?? [])
  const problem = await problemOf(room, { asset, to, known: { assets, own, tokens } })
  const withdrawal: Withdrawal = {
    ...{ id: refundId, owner: paymentId, asset, amount: amount as Units, fee: 0n as Units },
    chain: chainOfAsset(asset),
    to: to ?? (`0x${'0'.repeat(40)}` as Address),
    refundId,
    status: problem === undefined ? 'queued' : 'failed',
    needsApproval: false,
    ...{ requestedBy: undefined, approvedBy: undefined, approvedHash: undefined },
    ...{ approvedAt: undefined, isAlone: false, transactionId: undefined, txHash: undefined },
    ...{ blockNumber: undefined, reason: problem, version: 2, requestedAt },
    queuedAt: problem === undefined ? at : undefined,
    endedAt: problem === undefined ? undefined : at,
  }
  if (!(await room.insert(withdrawal))) return
  await room.announce([
    requestedMessage({ ...withdrawal, version: 1 }, at),
    problem === undefined ? approvedMessage(withdrawal, at) : failedMessage(withdrawal, at),
  ])
}

type Destination = {
  asset: AssetId
  to: Address | undefined
  known: { assets: readonly Asset[]; own: readonly Address[]; tokens: readonly string[] }
}

async function problemOf(room: WithdrawalRoom, { asset, to, known }: Destination) {
  if (to === undefined) return 'no_destination'
  if (!known.assets.some(({ id }) => id === asset)) return 'asset_unknown'
  const isWatched = await room.isWatched(chainOfAsset(asset), to)
  return refuseDestination(to, { ...known, isWatched }) && 'destination_refused'
}
