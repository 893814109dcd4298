import type { EventData, EventType } from '@coffer/events/catalogue'
import type { ReadEvent } from '@coffer/events/event'
import { type News, OPERATORS } from './notification.ts'

/** An event with its data as it was published. */
export type HeardEvent = { event: ReadEvent; data: string }

/** What an event is to whoever it concerns; undefined for what nobody is told of. */
export function newsOf({ event, data }: HeardEvent): News | undefined {
  const concerns = concernsOf(event)
  if (concerns === undefined) return undefined
  const { id: eventId, type, time } = event
  return { eventId, type, time, data, ...concerns }
}

type Concerns = Pick<News, 'owner' | 'reader' | 'isReaderExpected'>

/** A merchant's reader is known soon, if not yet: nothing orders one topic after another. */
const merchant = ({ merchantId: owner }: { merchantId: string }): Concerns => {
  return { owner, reader: owner, isReaderExpected: true }
}

/** A user who has not said where to write to is not written to. */
const anybody = ({ owner }: { owner: string }): Concerns => {
  return { owner, reader: owner, isReaderExpected: false }
}

const programs = (owner: string): Concerns => {
  return { owner, reader: undefined, isReaderExpected: false }
}

const merchantsPrograms = ({ merchantId }: { merchantId: string }) => programs(merchantId)
const ownersPrograms = ({ owner }: { owner: string }) => programs(owner)

/** Whom each type of event concerns. Of others nobody is told. */
const CONCERNS = {
  'order.created': merchant,
  'order.paid': merchant,
  'order.cancelled': merchantsPrograms,
  'order.refunded': merchantsPrograms,
  'payment.created': merchant,
  'payment.succeeded': merchant,
  'payment.failed': merchant,
  'payment.expired': merchantsPrograms,
  'payment.duplicated': merchant,
  'refund.requested': merchantsPrograms,
  'refund.succeeded': merchant,
  'refund.failed': merchantsPrograms,
  'settlement.created': merchantsPrograms,
  'settlement.completed': merchant,
  'deposit.confirmed': anybody,
  'deposit.suspended': ownersPrograms,
  'deposit.reversed': anybody,
  'withdrawal.requested': ({ owner, needsApproval }) => {
    return { ...programs(owner), reader: needsApproval ? OPERATORS : undefined }
  },
  'withdrawal.approved': ownersPrograms,
  'withdrawal.broadcast': ownersPrograms,
  'withdrawal.completed': anybody,
  'withdrawal.failed': anybody,
  'withdrawal.cancelled': ownersPrograms,
  'webhook-endpoint.disabled': ({ owner }) => ({ owner, reader: owner, isReaderExpected: true }),
} satisfies { [Type in EventType]?: (data: EventData<Type>) => Concerns }

/** The types of events that somebody is told of. */
export const TOLD_TYPES = Object.keys(CONCERNS) as (keyof typeof CONCERNS)[]

function concernsOf({ type, data }: ReadEvent): Concerns | undefined {
  const concerns: Partial<Record<EventType, unknown>> = CONCERNS
  // Each is called with data of its own type only.
  const concern = concerns[type] as ((data: unknown) => Concerns) | undefined
  return concern?.(data)
}
