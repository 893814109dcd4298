import { eventMessage, type Message } from '@coffer/events/event'
import type { BookedTransaction } from './ports.ts'

/** Announces a booked transaction in full. Its id is made of the reference, so it never changes. */
export function transactionCreatedMessage(
  transaction: BookedTransaction,
  { owner, traceparent }: { owner: string; traceparent?: string | undefined },
): Message {
  const { id, reference, code, eventAt, recordedAt, entries } = transaction
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
      entries: entries.map(({ account, amount, accountVersion, balanceAfter }) => ({
        owner: account.owner,
        account: account.code,
        asset: account.asset,
        amount: amount.toString(),
        accountVersion,
        balanceAfter: balanceAfter.toString(),
      })),
    },
    traceparent,
  })
}
