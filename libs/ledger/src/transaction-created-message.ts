import { eventMessage, type Message } from '@coffer/events/event'
import type { BookedTransaction } from './ports.ts'

/** Announces a booked transaction in full. Its id is made of the reference, so it never changes. */
export function transactionCreatedMessage(transaction: BookedTransaction): Message {
  const { id, reference, code, owner, eventAt, recordedAt, entries, traceparent } = transaction
  return eventMessage({
    id: `transaction:${reference}`,
    type: 'transaction.created',
    source: 'coffer/accounts',
    time: recordedAt.toISOString(),
    key: owner,
    data: {
      transactionId: id,
      reference,
      code,
      eventAt: eventAt.toISOString(),
      recordedAt: recordedAt.toISOString(),
      entries: entries.map(({ account, shard, amount, accountVersion, balanceAfter }) => ({
        owner: account.owner,
        account: account.code,
        asset: account.asset,
        ...(shard === 0 ? {} : { shard }),
        amount: amount.toString(),
        accountVersion,
        balanceAfter: balanceAfter.toString(),
      })),
    },
    traceparent,
  })
}
