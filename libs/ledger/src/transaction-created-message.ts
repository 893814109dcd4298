import { eventMessage, type Message } from '@coffer/events/event'
import type { BookedEntry } from './domain/apply-postings.ts'
import { SYSTEM } from './domain/chart-of-accounts.ts'
import type { AccountName } from './domain/transaction.ts'
import type { BookedTransaction } from './ports.ts'

/** An entry whose amounts may be decimal strings, as the database and the message have them. */
export type AnnouncedEntry = Omit<BookedEntry, 'amount' | 'balanceAfter'> & {
  amount: bigint | string
  balanceAfter: bigint | string
}

type AnnouncedTransaction = Omit<BookedTransaction, 'entries'> & {
  entries: readonly AnnouncedEntry[]
}

/**
 * Announces a booked transaction in full. Its id is made of the reference, so it never changes; and
 * accounts are in the order of their names, which a ledger that was rebuilt has again, and not of
 * their ids, which are others then.
 */
export function transactionCreatedMessage(transaction: AnnouncedTransaction): Message {
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
      entries: entries.toSorted(byName).map(({ accountVersion, balanceAfter, ...entry }) => ({
        ...heldOnWire(entry),
        accountVersion,
        balanceAfter: `${balanceAfter}`,
      })),
      ...holdOnWire(transaction),
      ...endsOnWire(transaction),
    },
    traceparent,
  })
}

const order = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** The system's accounts come first. */
const byAccount = (one: AccountName, other: AccountName) =>
  Number(other.owner === SYSTEM) - Number(one.owner === SYSTEM) ||
  order(one.owner, other.owner) ||
  order(one.code, other.code) ||
  order(one.asset, other.asset)

type Named = { account: AccountName; shard: number; accountVersion?: number }

const byName = (one: Named, other: Named) =>
  byAccount(one.account, other.account) ||
  one.shard - other.shard ||
  (one.accountVersion ?? 0) - (other.accountVersion ?? 0)

const accountOnWire = ({ owner, code, asset }: AccountName) => ({ owner, account: code, asset })

type Amounted = Pick<AnnouncedEntry, 'account' | 'shard' | 'amount'>

const heldOnWire = ({ account, shard, amount }: Amounted) => ({
  ...accountOnWire(account),
  ...(shard === 0 ? {} : { shard }),
  amount: `${amount}`,
})

function holdOnWire({ hold }: Pick<BookedTransaction, 'hold'>) {
  if (hold === undefined) return undefined
  const expiresAt = hold.expiresAt?.toISOString()
  const held = hold.held.toSorted(byName).map(heldOnWire)
  return { hold: expiresAt === undefined ? { held } : { held, expiresAt } }
}

const endsOnWire = ({ resolves, reverses, closes }: AnnouncedTransaction) => ({
  ...(resolves && { resolves }),
  ...(reverses !== undefined && { reverses }),
  ...(closes && { closes: closes.toSorted(byAccount).map(accountOnWire) }),
})
