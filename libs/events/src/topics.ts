/** A topic as Coffer creates it. Partitions are explicit: changing them later moves keys. */
export type Topic = {
  name: string
  partitions: number
  /** How long the broker keeps messages, milliseconds; −1 is for ever. */
  retentionMs: number
}

const FOR_EVER = -1

/** Deposits and withdrawals of an owner, in order; key = owner id. Kept for ever: a ledger is
 * re-derived from it. */
export const WALLET_EVENTS = 'wallet.events'

/** Every ledger transaction in full; key = owner id. Kept for ever: a ledger is rebuilt from it. */
export const ACCOUNTING_EVENTS = 'accounting.events'

/** Where a consumer puts what it could not handle of `topic`. */
export const deadLetterTopic = (topic: string): string => `${topic}.dlq`

const PARTITIONS = 12

/** Every topic, in the order they are created. */
export const TOPICS: readonly Topic[] = [WALLET_EVENTS, ACCOUNTING_EVENTS].flatMap((name) => [
  { name, partitions: PARTITIONS, retentionMs: FOR_EVER },
  { name: deadLetterTopic(name), partitions: PARTITIONS, retentionMs: FOR_EVER },
])
