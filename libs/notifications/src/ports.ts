import type { EventType } from '@coffer/events/catalogue'
import type {
  Audience,
  NewNotification,
  NotificationState,
  Recipient,
  Way,
} from './domain/notification.ts'
import type { Letter } from './templates/letter.ts'

/** What merchant.events tell of a merchant. */
export type MerchantFacts = {
  merchantId: string
  version: number
  name: string
  email: string
  locale: 'en' | 'zh'
}

/** What was made: where it goes, for whoever is to send it. */
export type Added = {
  id: string
  way: Way
  target: string
  eventId: string
  eventType: EventType
}

/** What can be done in one transaction of the notifications' database. */
export type NotificationRoom = {
  /** Those of `eventIds` that `consumer` has not handled so far. */
  claim(consumer: string, eventIds: readonly string[]): Promise<ReadonlySet<string>>
  /** Writes down facts about merchants; older ones than are known change nothing. */
  writeMerchants(facts: readonly MerchantFacts[]): Promise<void>
  /** Those of whom anything is known. */
  audiences(ids: readonly string[]): Promise<ReadonlyMap<string, Audience>>
  /** Makes notifications; one that is there already is not made again. */
  add(notifications: readonly NewNotification[]): Promise<Added[]>
}

/**
 * Does `work` in one transaction: all of it is kept or nothing. Adapter:
 * `adapters/postgres-notification-rooms.ts`.
 */
export type NotificationRooms = <Result>(
  work: (room: NotificationRoom) => Promise<Result>,
) => Promise<Result>

/** A notification that one worker has to itself for a while. */
export type Taken = {
  id: string
  /** Which attempt this is, from 1. */
  attempt: number
  holder: string
  eventId: string
  eventType: EventType
  /** RFC 3339. */
  eventTime: string
  /** JSON, as it was published. */
  eventData: string
  recipient: string
}

/** What came of an attempt. `later` tries again after `waitMs`. */
export type Outcome =
  | { as: 'sent' }
  | { as: 'failed'; reason: string }
  | { as: 'later'; reason: string; waitMs: number }

/** The e-mails that wait. Adapter: `adapters/postgres-outgoing-letters.ts`. */
export type OutgoingLetters = {
  /** Takes one that is due and that nobody else has; counts the attempt. */
  take(id: string, leaseMs: number): Promise<TakenLetter | undefined>
  /** Ends an attempt and announces what is final. False if somebody else has it by now. */
  settle(taken: Taken, outcome: Outcome): Promise<boolean>
}

export type TakenLetter = Taken & {
  /** Absent while nothing is known of them, or when there is no address. */
  reader: Recipient | undefined
}

/** An e-mail and where it goes. */
export type Envelope = { to: Recipient; messageId: string; letter: Letter }

/**
 * Hands e-mails to a mail server. Throws `MailRefusedError` when the server wants none like it, now
 * or ever; whatever else is thrown may pass. Adapters: `adapters/smtp-mailer.ts`,
 * `adapters/file-mailer.ts`.
 */
export type Mailer = AsyncDisposable & { send(envelope: Envelope): Promise<void> }

/** An endpoint that one worker has to itself: what goes there goes one after the other. */
export type Lane = {
  endpointId: string
  holder: string
  url: string
  /** Each signs what is sent: after a rotation there are two for a while. */
  secrets: readonly string[]
  /** How many attempts failed one after another. */
  failures: number
}

/** What an attempt says of its endpoint. */
export type LaneHealth =
  | { as: 'well' }
  | { as: 'failing'; restMs: number; disableAfterMs: number }
  /** It said that it is no more. */
  | { as: 'gone' }

export type DisabledReason = 'gone' | 'failing'

/** Webhooks that wait, by endpoint. Adapter: `adapters/postgres-webhook-lanes.ts`. */
export type WebhookLanes = {
  /** Takes the lane of an endpoint, unless somebody has it, it rests or it is disabled. */
  open(endpointId: string, leaseMs: number): Promise<Lane | undefined>
  /** The oldest that is due; counts the attempt and holds the lane for `leaseMs` more. */
  next(lane: Lane, leaseMs: number): Promise<Taken | undefined>
  /**
   * Ends an attempt, announces what is final, and disables the endpoint if it has failed for too
   * long or is gone: answers why if it did. Changes nothing if somebody else has the lane by now.
   */
  settle(
    lane: Lane,
    taken: Taken,
    result: { outcome: Outcome; health: LaneHealth },
  ): Promise<DisabledReason | undefined>
  /** Gives the lane back. Answers in how many milliseconds something is due there, if at all. */
  close(lane: Lane): Promise<number | undefined>
}

/**
 * Posts to where a merchant said, and answers the status. Throws when there is none. Adapter:
 * `adapters/guarded-post.ts`.
 */
export type PostWebhook = (request: {
  url: string
  headers: Readonly<Record<string, string>>
  body: string
}) => Promise<number>

/** Where a merchant's webhooks go, as its owner may see it. */
export type WebhookEndpoint = {
  id: string
  owner: string
  url: string
  /** Types of events that go there; `null` is all. */
  types: readonly EventType[] | null
  createdAt: Date
  /** Since when nothing was taken; absent while all is well. */
  failingSince: Date | undefined
  disabledAt: Date | undefined
  disabledReason: DisabledReason | undefined
}

/** A webhook and what became of it. */
export type WebhookDelivery = {
  id: string
  eventId: string
  eventType: EventType
  state: NotificationState
  attempts: number
  /** When it is tried next, while it waits. */
  nextAt: Date | undefined
  /** Why the last attempt failed. */
  reason: string | undefined
  createdAt: Date
  endedAt: Date | undefined
}

/** Names an endpoint of an owner; another's is as if it were not there. */
export type EndpointKey = { owner: string; id: string }

export type NewEndpoint = Pick<WebhookEndpoint, 'owner' | 'url' | 'types'> & { secret: string }

/** The endpoints of merchants. Adapter: `adapters/postgres-webhook-endpoints.ts`. */
export type WebhookEndpoints = {
  /** Undefined if the owner has as many as may be. */
  create(endpoint: NewEndpoint): Promise<WebhookEndpoint | undefined>
  list(owner: string): Promise<WebhookEndpoint[]>
  find(key: EndpointKey): Promise<WebhookEndpoint | undefined>
  /** What waits for it is dropped. */
  remove(key: EndpointKey): Promise<boolean>
  /** From now on `secret` signs; what signed before does so too, for `overlapMs`. */
  rotate(key: EndpointKey, secret: string, overlapMs: number): Promise<boolean>
  /** What waits for it is due at once, and its attempts are counted anew. */
  enable(key: EndpointKey): Promise<boolean>
  /** Newest first, from before the delivery `before`. */
  deliveries(
    key: EndpointKey,
    page: { before: string | undefined; limit: number },
  ): Promise<WebhookDelivery[]>
  /** Has what ended be sent once more; answers how many there are. */
  redrive(key: EndpointKey, what: Redrive): Promise<number>
}

/** One delivery, or all from a moment on: those that failed, or those that were sent, too. */
export type Redrive = { delivery: string } | { from: Date; isSentToo: boolean }

/** How somebody wants to be told. */
export type Preferences = {
  email: string | undefined
  locale: 'en' | 'zh'
  /** Types of events that no e-mail tells of. */
  muted: readonly string[]
}

/** Preferences of users and merchants. Adapter: `adapters/postgres-preferences.ts`. */
export type PreferenceBook = {
  /** What counts, be it chosen or told by a merchant's event. */
  read(recipient: string): Promise<Preferences>
  /** What is undefined is as the merchant's events tell it. */
  write(
    recipient: string,
    chosen: Pick<Preferences, 'muted'> & {
      email: string | undefined
      locale: 'en' | 'zh' | undefined
    },
  ): Promise<void>
}
