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

/** What became of orders; key = merchant id. */
export const ORDER_EVENTS = 'order.events'

/** What became of payments and refunds; key = merchant id. Kept for ever, as wallet.events is. */
export const PAYMENT_EVENTS = 'payment.events'

/** Facts about merchants; key = merchant id. Kept for ever: whoever comes new reads all. */
export const MERCHANT_EVENTS = 'merchant.events'

/** What is settled; key = merchant id. */
export const SETTLEMENT_EVENTS = 'settlement.events'

/** What channels say that they moved; key = channel. */
export const CHANNEL_EVENTS = 'channel.events'

/** Who was told; key = owner id. */
export const NOTIFICATION_EVENTS = 'notification.events'

/** Where a consumer puts what it could not handle of `topic`. */
export const deadLetterTopic = (topic: string): string => `${topic}.dlq`

const withDeadLetters = (name: string, partitions: number): Topic[] =>
  [name, deadLetterTopic(name)].map((each) => ({ name: each, partitions, retentionMs: FOR_EVER }))

/** What every deposit goes through. */
export const DEPOSIT_TOPICS: readonly Topic[] = [
  ...withDeadLetters(WALLET_EVENTS, 12),
  ...withDeadLetters(ACCOUNTING_EVENTS, 12),
]

/** What the account service reads and writes. */
export const ACCOUNTS_TOPICS: readonly Topic[] = [
  ...DEPOSIT_TOPICS,
  ...withDeadLetters(PAYMENT_EVENTS, 6),
]

/** Every topic, in the order they are created. */
export const TOPICS: readonly Topic[] = [
  ...ACCOUNTS_TOPICS,
  ...withDeadLetters(ORDER_EVENTS, 6),
  ...withDeadLetters(MERCHANT_EVENTS, 3),
  ...withDeadLetters(SETTLEMENT_EVENTS, 3),
  ...withDeadLetters(CHANNEL_EVENTS, 3),
  ...withDeadLetters(NOTIFICATION_EVENTS, 3),
]
