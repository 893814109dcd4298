import { consumerMember, consumerSettings } from '@coffer/messaging/consumer-settings'
import { messagingConfig, requireBrokers } from '@coffer/messaging/messaging-settings'
import { channelRules, reconciliationSettings } from '@coffer/reconciliation/settings'
import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

const settings = z
  .object({
    ...consumerSettings({ group: 'reconciliation', batchSizeMax: 1_000, healthPort: 4009 }),
    /** Most events recorded in one transaction: a statement has so many parameters only. */
    BATCH_SIZE_MAX: z.coerce.number().int().min(1).max(5_000).default(1_000),
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
    /** How often invariants are checked, seconds. */
    INVARIANTS_SECONDS: z.coerce.number().int().min(1).max(86_400).default(300),
    /** How often it is looked for what is due, milliseconds. */
    JANITOR_MS: z.coerce.number().int().min(50).max(60_000).default(2_000),
  })
  .superRefine(requireBrokers)

/** Reads the settings of reconciliation. Throws `ConfigError`. */
export function reconciliationConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    messaging: messagingConfig(config),
    work: {
      rules: channelRules(config),
      everyHours: config.RECONCILIATION_HOURS,
      everyMs: config.JANITOR_MS,
      settleMs: config.RECONCILIATION_SETTLE_SECONDS * 1_000,
    },
    invariantsEveryMs: config.INVARIANTS_SECONDS * 1_000,
    member: consumerMember(config),
  }
}
