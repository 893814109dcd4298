import { randomUUID } from 'node:crypto'
import type { EventType, EventWire } from '@coffer/events/catalogue'
import { eventMessage, type Message, readEvent } from '@coffer/events/event'
import type { HeardEvent } from '../domain/news-of.ts'
import { samplePayment } from '../templates/samples.ts'
import { templateOf } from '../templates/templates.ts'

/** An event as its context publishes it. */
export function published<T extends EventType>(
  type: T,
  data: EventWire<T>,
  { id = `${randomUUID()}`, time = new Date().toISOString() }: { id?: string; time?: string } = {},
): Message {
  return eventMessage({ id, type, source: 'test', time, key: 'test', data })
}

/** The same, as it is read. */
export const heard = (message: Message): HeardEvent => ({
  event: readEvent(message),
  data: message.value,
})

/** A merchant, as merchant.events tell of it. */
export const merchantCreated = (merchantId: string, facts: Partial<MerchantWire> = {}): Message =>
  published('merchant.created', {
    ...{ merchantId, version: 1, name: 'Books', email: 'books@example.com', locale: 'en' },
    ...facts,
  } as MerchantWire)

type MerchantWire = EventWire<'merchant.created'>

/** The sample of a letter as an event of this merchant. */
export const paymentSucceeded = (merchantId: string, id?: string): Message =>
  published(
    'payment.succeeded',
    {
      ...(templateOf('payment.succeeded')?.sample as EventWire<'payment.succeeded'>),
      ...samplePayment,
      merchantId,
    },
    id === undefined ? {} : { id },
  )
