import type { EventType } from '@coffer/events/catalogue'
import type { Locale } from './locale.ts'

/** How somebody is told. */
export type Way = 'email' | 'webhook'

/** `waiting` may have been tried already; the other two are final until somebody asks again. */
export type NotificationState = 'waiting' | 'sent' | 'failed'

/** Who is told what only those may know who run Coffer. */
export const OPERATORS = 'operators'

/** Why an e-mail waits for somebody of whom nothing is known so far. */
export const NO_ADDRESS = 'no address is known'

/** An event as it is told of: its data as it was published, whose it is and whom it concerns. */
export type News = {
  eventId: string
  type: EventType
  /** RFC 3339. */
  time: string
  /** JSON. */
  data: string
  /** Whose webhooks tell of it; absent if nobody's do. */
  owner: string | undefined
  /** Who gets an e-mail about it; absent if nobody does. */
  reader: string | undefined
  /** Whether there is a reader even if nothing is known of them yet. */
  isReaderExpected: boolean
}

/** What is known of somebody, as far as it decides what they are told. */
export type Audience = {
  /** Their e-mail's settings; absent while nothing is known of them. */
  email?: { isReachable: boolean; muted: readonly string[] } | undefined
  endpoints: readonly { id: string; types: readonly string[] | null }[]
}

/** A notification that is to be made. */
export type NewNotification = { news: News; recipient: string; way: Way; target: string }

/** Somebody whom a letter can be sent to. */
export type Recipient = { id: string; name: string | undefined; email: string; locale: Locale }
