import { PAYMENT_EVENTS, WALLET_EVENTS } from '@coffer/events/topics'
import {
  messagingConfig,
  messagingSettings,
  requireBrokers,
} from '@coffer/messaging/messaging-settings'
import { systemClock } from '@coffer/runtime/clock'
import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

const settings = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    ...messagingSettings,
    /** Reading is a good part of what booking costs, and this client reads cheaper. */
    KAFKA_CLIENT: messagingSettings.KAFKA_CLIENT.unwrap().default('platformatic'),
    /** Consumers of one group share the topics; a new group reads them from their beginnings. */
    CONSUMER_GROUP: z.string().min(1).default('accounts'),
    /** 0 takes a free port. */
    HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(4002),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    /**
     * Members of the group that this process is. While the database books for one of them, the
     * process reads for another, and a third fills the time in which both wait.
     */
    CONSUMERS: z.coerce.number().int().min(1).max(16).default(3),
    /** Most events booked in one transaction. */
    BATCH_SIZE_MAX: z.coerce.number().int().min(1).max(10_000).default(2_000),
    /** Most events published at once. */
    RELAY_BATCH_MAX: z.coerce.number().int().min(1).max(10_000).default(1_000),
    /** How long others wait before they publish in place of a silent one, milliseconds. */
    LEASE_MS: z.coerce.number().int().min(1).max(60_000).default(3_000),
    /**
     * How long at most what was booked is announced and sealed later, while more comes than can be
     * booked at once, milliseconds; 0 is never.
     */
    GIVE_WAY_MS: z.coerce.number().int().min(0).max(600_000).default(30_000),
    /** A process that says nothing for so long loses its partitions to others, milliseconds. */
    SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(300_000).default(10_000),
    CRASH_AT: z.string().optional(),
    NODE_ENV: z.string().optional(),
  })
  .superRefine(requireBrokers)

/** Reads the settings of the account service. Throws `ConfigError`. */
export function accountsConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    messaging: messagingConfig(config),
    member: {
      group: config.CONSUMER_GROUP,
      topics: [WALLET_EVENTS, PAYMENT_EVENTS],
      batchSizeMax: config.BATCH_SIZE_MAX,
      sessionTimeoutMs: config.SESSION_TIMEOUT_MS,
    },
    relay: { batchSize: config.RELAY_BATCH_MAX, leaseMs: config.LEASE_MS },
    posting: { clock: systemClock, giveWayMs: config.GIVE_WAY_MS },
  }
}
