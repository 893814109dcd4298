import { consumerMember, consumerSettings } from '@coffer/messaging/consumer-settings'
import { messagingConfig, requireBrokers } from '@coffer/messaging/messaging-settings'
import {
  mailDomain,
  notificationSettings,
  requireKept,
} from '@coffer/notifications/notification-settings'
import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

const settings = z
  .object({
    ...consumerSettings({ group: 'notifications', batchSizeMax: 500, healthPort: 4006 }),
    /** Where jobs wait. While it is away, what is due is done by the janitor alone. */
    REDIS_URL: z.url({ protocol: /^rediss?$/ }),
    ...notificationSettings,
    /** Most events published at once. */
    RELAY_BATCH_MAX: z.coerce.number().int().min(1).max(10_000).default(500),
    /** How long others wait before they publish in place of a silent one, milliseconds. */
    LEASE_MS: z.coerce.number().int().min(1).max(60_000).default(3_000),
    /** How often the database is asked for what is due, milliseconds. */
    JANITOR_MS: z.coerce.number().int().min(50).max(600_000).default(5_000),
    /** For how long nobody else tries what a process is at; longer than any attempt takes. */
    DELIVERY_LEASE_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(120_000),
  })
  .superRefine(requireBrokers)
  .superRefine(requireKept)

const DAY_MS = 86_400_000

/** Reads the settings of notifications. Throws `ConfigError`. */
export function notificationsConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  // Who shares a broker may share its Redis.
  const redis = { url: config.REDIS_URL, prefix: `${config.TOPIC_PREFIX}coffer` }
  return {
    ...config,
    messaging: messagingConfig(config),
    member: consumerMember(config),
    relay: {
      batchSize: config.RELAY_BATCH_MAX,
      leaseMs: config.LEASE_MS,
      keepDays: config.OUTBOX_KEEP_DAYS,
    },
    letterQueue: { ...redis, queue: 'notifications-letters' },
    laneQueue: { ...redis, queue: 'notifications-webhooks' },
    ageMaxMs: config.NOTICE_AGE_MAX_DAYS * DAY_MS,
    sending: {
      stationery: { brand: config.MAIL_BRAND, explorers: config.EXPLORERS },
      mail: {
        url: config.SMTP_URL,
        folder: config.MAIL_FOLDER,
        from: config.MAIL_FROM,
        requireTls: config.SMTP_REQUIRE_TLS,
      },
      operators: { email: config.OPERATOR_EMAIL, locale: config.OPERATOR_LOCALE },
      mailDomain: mailDomain(config.MAIL_FROM),
      secretsKey: config.WEBHOOK_SECRETS_KEY,
      everyMs: config.JANITOR_MS,
      leaseMs: config.DELIVERY_LEASE_MS,
      keepMs: config.NOTICE_KEEP_DAYS * DAY_MS,
      webhooks: {
        allowPrivate: config.WEBHOOK_ALLOW_PRIVATE,
        allowHttp: config.WEBHOOK_ALLOW_HTTP,
        timeoutMs: config.WEBHOOK_TIMEOUT_MS,
        disableAfterMs: config.WEBHOOK_DISABLE_AFTER_DAYS * DAY_MS,
      },
    },
  }
}
