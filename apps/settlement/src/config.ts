import { consumerMember, consumerSettings } from '@coffer/messaging/consumer-settings'
import { messagingConfig, requireBrokers } from '@coffer/messaging/messaging-settings'
import { readConfig } from '@coffer/runtime/read-config'
import { settlementSettings, settlementTerms } from '@coffer/settlements/settlement-settings'
import { z } from 'zod'

const settings = z
  .object({
    ...consumerSettings({ group: 'settlement', batchSizeMax: 1_000, healthPort: 4004 }),
    /** Where jobs wait. While it is away, what is due is done by the janitor alone. */
    REDIS_URL: z.url({ protocol: /^rediss?$/ }),
    ...settlementSettings,
    /** Most events published at once. */
    RELAY_BATCH_MAX: z.coerce.number().int().min(1).max(10_000).default(500),
    /** How long others wait before they publish in place of a silent one, milliseconds. */
    LEASE_MS: z.coerce.number().int().min(1).max(60_000).default(3_000),
    /** How often the database is asked for what is due, milliseconds. */
    JANITOR_MS: z.coerce.number().int().min(50).max(600_000).default(1_000),
  })
  .superRefine(requireBrokers)

/** Reads the settings of settlement. Throws `ConfigError`. */
export function settlementConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    messaging: messagingConfig(config),
    member: consumerMember(config),
    relay: {
      batchSize: config.RELAY_BATCH_MAX,
      leaseMs: config.LEASE_MS,
      keepDays: config.OUTBOX_KEEP_DAYS,
    },
    queue: {
      url: config.REDIS_URL,
      queue: 'settlement',
      // Who shares a broker may share its Redis.
      prefix: `${config.TOPIC_PREFIX}coffer`,
    },
    defaults: settlementTerms(config),
  }
}
