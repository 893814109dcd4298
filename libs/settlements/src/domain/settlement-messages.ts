import { eventMessage, type Message } from '@coffer/events/event'
import type { Settlement } from './settlement.ts'

/** What is announced of a settlement: that it was made, and that its money is available. */
export function settlementMessages(settlement: Settlement): Message[] {
  const { id, merchantId, createdAt, completedAt } = settlement
  const from = { source: 'coffer/settlement', key: merchantId }
  const facts = factsOf(settlement)
  return [
    eventMessage({
      ...from,
      id: `settlement:${id}:created`,
      type: 'settlement.created',
      time: createdAt.toISOString(),
      data: facts,
    }),
    eventMessage({
      ...from,
      id: `settlement:${id}:completed`,
      type: 'settlement.completed',
      time: completedAt.toISOString(),
      data: { ...facts, completedAt: completedAt.toISOString() },
    }),
  ]
}

const factsOf = ({ id, merchantId, asset, amount, reserve, ...rest }: Settlement) => ({
  settlementId: id,
  merchantId,
  asset,
  amount: amount.toString(),
  reserve: reserve.toString(),
  transactions: rest.lines,
  cause: rest.cause,
  createdAt: rest.createdAt.toISOString(),
})
