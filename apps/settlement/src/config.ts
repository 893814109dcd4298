import {
  messagingConfig,
  messagingSettings,
  requireBrokers,
} from '@coffer/messaging/messaging-settings'
import { readConfig } from '@coffer/runtime/read-config'
import { settlementSettings, settlementTerms } from '@coffer/settlements/settlement-settings'
import { z } from 'zod'

const settings = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    ...messagingSettings,
    /** Where jobs wait. While it is away, what is due is done by the janitor alone. */
    REDIS_URL: z.url({ protocol: /^rediss?$/ }),
    ...settlementSettings,
    /** Consumers of one group share the topic; a new group reads it from its beginning. */
    CONSUMER_GROUP: z.string().min(1).default('settlement'),
    /** 0 takes a free port. */
    HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(4004),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    /** Most transactions recorded at once. */
    BATCH_SIZE_MAX: z.coerce.number().int().min(1).max(10_000).default(1_000),
    /** Most events published at once. */
    RELAY_BATCH_MAX: z.coerce.number().int().min(1).max(10_000).default(500),
    /** How long others wait before they publish in place of a silent one, milliseconds. */
    LEASE_MS: z.coerce.number().int().min(1).max(60_000).default(3_000),
    /** How often the database is asked for what is due, milliseconds. */
    JANITOR_MS: z.coerce.number().int().min(50).max(600_000).default(1_000),
    /** A process that says nothing for so long loses its partitions to others, milliseconds. */
    SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(300_000).default(10_000),
    CRASH_AT: z.string().optional(),
    NODE_ENV: z.string().optional(),
  })
  .superRefine(requireBrokers)

/** Reads the settings of settlement. Throws `ConfigError`. */
export function settlementConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    messaging: messagingConfig(config),
    member: {
      group: config.CONSUMER_GROUP,
      batchSizeMax: config.BATCH_SIZE_MAX,
      sessionTimeoutMs: config.SESSION_TIMEOUT_MS,
    },
    relay: { batchSize: config.RELAY_BATCH_MAX, leaseMs: config.LEASE_MS },
    queue: {
      url: config.REDIS_URL,
      queue: 'settlement',
      // Who shares a broker may share its Redis.
      prefix: `${config.TOPIC_PREFIX}coffer`,
    },
    defaults: settlementTerms(config),
  }
}
