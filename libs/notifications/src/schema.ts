import { sql } from 'drizzle-orm'
import {
  check,
  customType,
  index,
  integer,
  pgSchema,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Locale } from './domain/locale.ts'
import type { NotificationState, Way } from './domain/notification.ts'

export const notificationsSchema = pgSchema('notifications')

const moment = () => timestamp({ withTimezone: true, precision: 3 })

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** Whom notices go to: a user, a merchant, or `operators`. */
export const recipients = notificationsSchema.table(
  'recipients',
  {
    id: text().primaryKey(),
    /** As merchant.events tell it. */
    name: text(),
    toldEmail: text(),
    toldLocale: text().$type<Locale>(),
    /** Of the last merchant's event that was applied. */
    version: integer().default(0).notNull(),
    /** What the recipient prefers; it goes before what was told. */
    email: text(),
    locale: text().$type<Locale>(),
    /** Types of events that no e-mail tells of. */
    muted: text().array().default(sql`'{}'`).notNull(),
  },
  (table) => [
    check(
      'recipients_locale',
      sql`${table.locale} in ('en', 'zh') and ${table.toldLocale} in ('en', 'zh')`,
    ),
  ],
)

/** Where a merchant's webhooks go. */
export const webhookEndpoints = notificationsSchema.table(
  'webhook_endpoints',
  {
    id: uuid().primaryKey(),
    owner: text().notNull(),
    url: text().notNull(),
    /** Types of events that go there; `null` is all. */
    types: text().array(),
    /** Encrypted with a key that is not in the database. */
    secret: bytes().notNull(),
    /** Signs too until `previousUntil`, after a rotation. */
    previousSecret: bytes(),
    previousUntil: moment(),
    createdAt: moment().defaultNow().notNull(),
    /** Since when nothing was taken; `null` after each success. */
    failingSince: moment(),
    /** How many attempts failed one after another. */
    failures: integer().default(0).notNull(),
    /** Nothing is sent before, after a failure. */
    restsUntil: moment(),
    disabledAt: moment(),
    disabledReason: text(),
    deletedAt: moment(),
    /** Whoever sends there now, and for how long nobody else may. */
    holder: uuid(),
    leaseUntil: moment(),
  },
  (table) => [
    index('webhook_endpoints_of_owner').on(table.owner).where(sql`deleted_at is null`),
    check(
      'webhook_endpoints_lease',
      sql`(${table.holder} is null) = (${table.leaseUntil} is null)`,
    ),
  ],
)

/** Each event that somebody is told of, once for each recipient and way. */
export const notifications = notificationsSchema.table(
  'notifications',
  {
    id: uuid().default(sql`uuidv7()`).primaryKey(),
    eventId: text().notNull(),
    eventType: text().notNull(),
    eventTime: moment().notNull(),
    /** The event's data, the bytes that were published. */
    eventData: text().notNull(),
    recipient: text().notNull(),
    way: text().$type<Way>().notNull(),
    /** Where it goes: the endpoint of a webhook, else the recipient. */
    target: text().notNull(),
    state: text().$type<NotificationState>().default('waiting').notNull(),
    attempts: integer().default(0).notNull(),
    /** Not before. */
    nextAt: moment().defaultNow().notNull(),
    /** Whoever sends it now, and for how long nobody else may. */
    holder: uuid(),
    leaseUntil: moment(),
    /** Why the last attempt failed. */
    reason: text(),
    createdAt: moment().defaultNow().notNull(),
    endedAt: moment(),
    /** How often it was asked for once more after it had ended. */
    redrives: integer().default(0).notNull(),
  },
  (table) => [
    unique('notifications_once').on(table.eventId, table.way, table.target),
    // What is due, whatever the way.
    index('notifications_waiting').on(table.way, table.nextAt).where(sql`state = 'waiting'`),
    // A lane takes the oldest first.
    index('notifications_of_target').on(table.target, table.id),
    check('notifications_state', sql`${table.state} in ('waiting', 'sent', 'failed')`),
    check('notifications_way', sql`${table.way} in ('email', 'webhook')`),
    check(
      'notifications_ended',
      sql`(${table.endedAt} is not null) = (${table.state} <> 'waiting')`,
    ),
  ],
)
