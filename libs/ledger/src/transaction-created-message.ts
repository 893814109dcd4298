import { eventMessage, type Message } from '@coffer/events/event'
import type { HeldEntry } from './domain/apply-postings.ts'
import type { AccountName } from './domain/transaction.ts'
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
      entries: entries.map(({ accountVersion, balanceAfter, ...entry }) => ({
        ...heldOnWire(entry),
        accountVersion,
        balanceAfter: balanceAfter.toString(),
      })),
      ...holdOnWire(transaction),
      ...endsOnWire(transaction),
    },
    traceparent,
  })
}

const accountOnWire = ({ owner, code, asset }: AccountName) => ({ owner, account: code, asset })

const heldOnWire = ({ account, shard, amount }: HeldEntry) => ({
  ...accountOnWire(account),
  ...(shard === 0 ? {} : { shard }),
  amount: amount.toString(),
})

function holdOnWire({ hold }: BookedTransaction) {
  if (hold === undefined) return undefined
  const expiresAt = hold.expiresAt?.toISOString()
  const held = hold.held.map(heldOnWire)
  return { hold: expiresAt === undefined ? { held } : { held, expiresAt } }
}

const endsOnWire = ({ resolves, reverses, closes }: BookedTransaction) => ({
  ...(resolves && { resolves }),
  ...(reverses !== undefined && { reverses }),
  ...(closes && { closes: closes.map(accountOnWire) }),
})
