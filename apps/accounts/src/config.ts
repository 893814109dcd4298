import { PAYMENT_EVENTS, WALLET_EVENTS } from '@coffer/events/topics'
import { consumerMember, consumerSettings } from '@coffer/messaging/consumer-settings'
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
    ...consumerSettings({ group: 'accounts', batchSizeMax: 2_000, healthPort: 4002 }),
    /** Reading is a good part of what booking costs, and this client reads cheaper. */
    KAFKA_CLIENT: messagingSettings.KAFKA_CLIENT.unwrap().default('platformatic'),
    /**
     * Members of the group that this process is. While the database books for one of them, the
     * process reads for another, and a third fills the time in which both wait.
     */
    CONSUMERS: z.coerce.number().int().min(1).max(16).default(3),
    /** Most events published at once. */
    RELAY_BATCH_MAX: z.coerce.number().int().min(1).max(10_000).default(1_000),
    /** How long others wait before they publish in place of a silent one, milliseconds. */
    LEASE_MS: z.coerce.number().int().min(1).max(60_000).default(3_000),
    /**
     * How long at most what was booked is announced and sealed later, while more comes than can be
     * booked at once, milliseconds; 0 is never.
     */
    GIVE_WAY_MS: z.coerce.number().int().min(0).max(600_000).default(30_000),
  })
  .superRefine(requireBrokers)

/** Reads the settings of the account service. Throws `ConfigError`. */
export function accountsConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    messaging: messagingConfig(config),
    member: { ...consumerMember(config), topics: [WALLET_EVENTS, PAYMENT_EVENTS] },
    relay: { batchSize: config.RELAY_BATCH_MAX, leaseMs: config.LEASE_MS },
    posting: { clock: systemClock, giveWayMs: config.GIVE_WAY_MS },
  }
}
