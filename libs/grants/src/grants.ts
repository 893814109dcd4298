type Verb = 'select' | 'insert' | 'update' | 'delete'

/** What may be done: `update(a, b)` with these columns alone, `usage` with a sequence. */
export type Right = Verb | `${Verb}(${string})` | 'usage'

/** What a role may do, by table or sequence. */
export type Grants = Readonly<Record<string, readonly Right[]>>

/** Books, in a transaction of its own. What is booked nobody may change. */
export const KEEPS_BOOKS: Grants = {
  'ledger.accounts': [
    'select',
    'insert',
    'update(debits_posted, credits_posted, debits_pending, credits_pending, version)',
    'update(closed_version)',
  ],
  'ledger.entries': ['select', 'insert'],
  'ledger.held_entries': ['select', 'insert'],
  'ledger.open_holds': ['select', 'insert', 'delete'],
  'ledger.transactions': ['select', 'insert'],
  'ledger.transactions_id_seq': ['usage'],
}

/** Handles events, and notes what became of those that were set aside. */
export const HANDLES_EVENTS: Grants = {
  'messaging.dead_letters': ['select', 'insert', 'update'],
}

/** Tells of what it did, by the transaction that does it. */
export const ANNOUNCES: Grants = { 'messaging.outbox': ['insert'] }

/** Publishes what was announced, measures what waits, and deletes what was told long ago. */
export const RELAYS: Grants = {
  'messaging.outbox': ['select', 'update(transaction_id)', 'delete'],
  'messaging.relays': ['select', 'insert', 'update'],
}

/** All that any of `parts` allows. */
export function together(...parts: readonly Grants[]): Grants {
  const all: Record<string, Right[]> = {}
  for (const part of parts) {
    for (const [name, rights] of Object.entries(part)) {
      all[name] = [...new Set([...(all[name] ?? []), ...rights])]
    }
  }
  return all
}
