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
const merchant = (owner: string): Concerns => ({ owner, reader: owner, isReaderExpected: true })

/** A user who has not said where to write to is not written to. */
const anybody = (owner: string): Concerns => ({ owner, reader: owner, isReaderExpected: false })

const programs = (owner: string): Concerns => ({
  owner,
  reader: undefined,
  isReaderExpected: false,
})

function concernsOf(event: ReadEvent): Concerns | undefined {
  switch (event.type) {
    case 'order.created':
    case 'order.paid':
    case 'payment.created':
    case 'payment.succeeded':
    case 'payment.failed':
    case 'refund.succeeded':
    case 'settlement.completed':
      return merchant(event.data.merchantId)
    case 'webhook-endpoint.disabled':
      return merchant(event.data.owner)
    case 'deposit.confirmed':
    case 'deposit.reversed':
    case 'withdrawal.completed':
    case 'withdrawal.failed':
      return anybody(event.data.owner)
    case 'withdrawal.requested': {
      const { owner, needsApproval } = event.data
      const reader = needsApproval ? OPERATORS : undefined
      return { owner, reader, isReaderExpected: false }
    }
    case 'order.cancelled':
    case 'order.refunded':
    case 'payment.expired':
    case 'payment.duplicated':
    case 'refund.requested':
    case 'refund.failed':
    case 'settlement.created':
      return programs(event.data.merchantId)
    case 'deposit.suspended':
    case 'withdrawal.approved':
    case 'withdrawal.broadcast':
    case 'withdrawal.cancelled':
      return programs(event.data.owner)
    default:
      return undefined
  }
}
