import type { Deposit } from '@coffer/client/deposit-stream'

/** What happened, as the journal keeps it, one line each. */
export type Line =
  | ({ line: 'customer' } & Customer)
  /** What was last heard of a deposit, and where the stream goes on after it. */
  | ({ line: 'deposit'; place: string } & KnownDeposit)
  /** A customer wants to withdraw. It is written before Coffer is asked. */
  | { line: 'withdrawal'; key: string; user: string; asset: string; to: string; amount: string }
  | { line: 'accepted'; key: string; id: string; fee: string }
  | { line: 'ended'; key: string; how: 'completed' | 'failed' | 'cancelled' | 'refused' }

export type Customer = { name: string; user: string; address: string }

type KnownDeposit = Pick<Deposit, 'id' | 'owner' | 'asset' | 'amount' | 'status'>

export type Withdrawal = {
  key: string
  user: string
  asset: string
  to: string
  amount: string
  /** Coffer's own name for it, once it has answered. */
  id?: string
  fee: string
  status: 'asked' | 'accepted' | 'completed' | 'failed' | 'cancelled' | 'refused'
}

export type Balance = { pending: bigint; available: bigint; reserved: bigint }

/** The exchange's own books: what follows from the lines of its journal, and nothing else. */
export type Books = {
  customers: Map<string, Customer>
  deposits: Map<string, KnownDeposit>
  withdrawals: Map<string, Withdrawal>
  /** Where the stream of deposits goes on; undefined before the first. */
  place: string | undefined
}

export function booksOf(lines: Iterable<Line>): Books {
  const books: Books = {
    ...{ customers: new Map(), deposits: new Map(), withdrawals: new Map(), place: undefined },
  }
  for (const line of lines) enter(books, line)
  return books
}

export function enter(books: Books, entry: Line): void {
  if (entry.line === 'customer') {
    const { line: _, ...customer } = entry
    books.customers.set(customer.name, customer)
  } else if (entry.line === 'deposit') {
    const { line: _, place, ...deposit } = entry
    // By its identity: whatever comes of a deposit takes the place of what was known of it.
    books.deposits.set(deposit.id, deposit)
    books.place = place
  } else if (entry.line === 'withdrawal') {
    const { line: _, ...asked } = entry
    books.withdrawals.set(asked.key, { ...asked, fee: '0', status: 'asked' })
  } else {
    const known = books.withdrawals.get(entry.key)
    if (known === undefined) throw new Error(`Nobody asked for the withdrawal ${entry.key}.`)
    if (entry.line === 'ended') known.status = entry.how
    else Object.assign(known, { id: entry.id, fee: entry.fee, status: 'accepted' })
  }
}

/** What a customer has, by asset. A deposit counts while it is credited, and no longer. */
export function balancesOf(books: Books, user: string): Map<string, Balance> {
  const balances = new Map<string, Balance>()
  const balance = (asset: string): Balance => {
    const found = balances.get(asset) ?? { pending: 0n, available: 0n, reserved: 0n }
    balances.set(asset, found)
    return found
  }
  for (const { owner, asset, amount, status } of books.deposits.values()) {
    if (owner !== user) continue
    if (status === 'seen' || status === 'final') balance(asset).pending += BigInt(amount)
    if (status === 'credited') balance(asset).available += BigInt(amount)
  }
  for (const { user: by, asset, amount, fee, status } of books.withdrawals.values()) {
    const isOpen = status === 'asked' || status === 'accepted'
    if (by !== user || !(isOpen || status === 'completed')) continue
    const taken = BigInt(amount) + BigInt(fee)
    balance(asset).available -= taken
    if (isOpen) balance(asset).reserved += taken
  }
  return balances
}
