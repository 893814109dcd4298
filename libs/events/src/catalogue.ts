import type { z } from 'zod'
import { transactionCreated } from './accounting-events.ts'
import { ACCOUNTING_EVENTS, WALLET_EVENTS } from './topics.ts'
import { depositConfirmed, depositReversed, depositSuspended } from './wallet-events.ts'

/** Every type of event: the topic that carries it and the schema of its data. */
export const catalogue = {
  'deposit.confirmed': { topic: WALLET_EVENTS, data: depositConfirmed },
  'deposit.suspended': { topic: WALLET_EVENTS, data: depositSuspended },
  'deposit.reversed': { topic: WALLET_EVENTS, data: depositReversed },
  'transaction.created': { topic: ACCOUNTING_EVENTS, data: transactionCreated },
} as const

export type EventType = keyof typeof catalogue

/** The data of an event once it was read and checked. */
export type EventData<T extends EventType> = z.output<(typeof catalogue)[T]['data']>

/** The data of an event as it is written: JSON values only. */
export type EventWire<T extends EventType> = z.input<(typeof catalogue)[T]['data']>

export const isEventType = (text: string): text is EventType => Object.hasOwn(catalogue, text)
