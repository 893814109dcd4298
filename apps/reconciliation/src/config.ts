import {
  messagingConfig,
  messagingSettings,
  requireBrokers,
} from '@coffer/messaging/messaging-settings'
import { channelRules, reconciliationSettings } from '@coffer/reconciliation/settings'
import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

const settings = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    ...messagingSettings,
    /** Where workers are woken; what is due is in the database. */
    REDIS_URL: z.url({ protocol: /^rediss?$/ }),
    ...reconciliationSettings,
    /** How often each channel and chain is reconciled, hours. */
    RECONCILIATION_HOURS: z.coerce.number().int().min(1).max(24).default(1),
    /** Endpoints to ask in place of RPC_URLS, so that it is not the scanner's that are asked. */
    RECONCILIATION_RPC_URLS: z
      .string()
      .transform((text) => text.split(',').map((url) => url.trim()))
      .pipe(z.array(z.url({ protocol: /^https?$/ })).min(1))
      .optional(),
    /** How long what is on its way into our books is waited for, seconds. */
    RECONCILIATION_SETTLE_SECONDS: z.coerce.number().int().min(0).max(86_400).default(600),
    /** How often it is looked for what is due, milliseconds. */
    JANITOR_MS: z.coerce.number().int().min(50).max(60_000).default(2_000),
    /** Consumers of one group share the topics; a new group reads them from their beginning. */
    CONSUMER_GROUP: z.string().min(1).default('reconciliation'),
    /** 0 takes a free port. */
    HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(4009),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    /** Most events recorded in one transaction. */
    BATCH_SIZE_MAX: z.coerce.number().int().min(1).max(5_000).default(1_000),
    /** A process that says nothing for so long loses its partitions to others, milliseconds. */
    SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(300_000).default(10_000),
    CRASH_AT: z.string().optional(),
    NODE_ENV: z.string().optional(),
  })
  .superRefine(requireBrokers)

/** Reads the settings of reconciliation. Throws `ConfigError`. */
export function reconciliationConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    messaging: messagingConfig(config),
    rules: channelRules(config),
    member: {
      group: config.CONSUMER_GROUP,
      batchSizeMax: config.BATCH_SIZE_MAX,
      sessionTimeoutMs: config.SESSION_TIMEOUT_MS,
    },
  }
}
