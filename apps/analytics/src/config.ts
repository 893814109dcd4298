import { COUNTED_TOPICS } from '@coffer/analytics/events'
import { consumerMember, consumerSettings } from '@coffer/messaging/consumer-settings'
import { messagingConfig, requireBrokers } from '@coffer/messaging/messaging-settings'
import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

const settings = z
  .object({
    ...consumerSettings({ group: 'analytics', batchSizeMax: 2_000, healthPort: 4011 }),
  })
  .superRefine(requireBrokers)

/** Reads the settings of analytics. Throws `ConfigError`. */
export function analyticsConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    messaging: messagingConfig(config),
    member: { ...consumerMember(config), topics: COUNTED_TOPICS },
  }
}
