import { COUNTED_TOPICS } from '@coffer/analytics/events'
import {
  messagingConfig,
  messagingSettings,
  requireBrokers,
} from '@coffer/messaging/messaging-settings'
import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

const settings = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    ...messagingSettings,
    /** Consumers of one group share the topics; a new group reads them from their beginnings. */
    CONSUMER_GROUP: z.string().min(1).default('analytics'),
    /** 0 takes a free port. */
    HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(4011),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    /** Most events counted in one transaction. */
    BATCH_SIZE_MAX: z.coerce.number().int().min(1).max(10_000).default(2_000),
    /** A process that says nothing for so long loses its partitions to others, milliseconds. */
    SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(300_000).default(10_000),
    CRASH_AT: z.string().optional(),
    NODE_ENV: z.string().optional(),
  })
  .superRefine(requireBrokers)

/** Reads the settings of analytics. Throws `ConfigError`. */
export function analyticsConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    messaging: messagingConfig(config),
    member: {
      group: config.CONSUMER_GROUP,
      topics: COUNTED_TOPICS,
      batchSizeMax: config.BATCH_SIZE_MAX,
      sessionTimeoutMs: config.SESSION_TIMEOUT_MS,
    },
  }
}
