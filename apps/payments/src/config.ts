import { consumerMember, consumerSettings } from '@coffer/messaging/consumer-settings'
import {
  messagingConfig,
  messagingSettings,
  requireBrokers,
} from '@coffer/messaging/messaging-settings'
import { paced } from '@coffer/runtime/paced'
import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

const settings = z
  .object({
    ...consumerSettings({ group: 'payments', batchSizeMax: 500, healthPort: 4003 }),
    /** Publishing is most of what this process does, and this client publishes cheaper. */
    KAFKA_CLIENT: messagingSettings.KAFKA_CLIENT.unwrap().default('platformatic'),
    /** Wakes whoever ends payments in time; while it is away they end a little later. */
    REDIS_URL: z.url({ protocol: /^rediss?$/ }),
    /** Most events published at once. */
    RELAY_BATCH_MAX: z.coerce.number().int().min(1).max(10_000).default(1_000),
    /** Publishing begins so far apart at least, milliseconds: few large batches cost less. */
    RELAY_EVERY_MS: z.coerce.number().int().min(0).max(1_000).default(50),
    /** How long others wait before they publish in place of a silent one, milliseconds. */
    LEASE_MS: z.coerce.number().int().min(1).max(60_000).default(3_000),
    /**
     * How long a payment is waited for after it has expired, seconds: a block that was mined in
     * time may take so long to be final.
     */
    EXPIRY_GRACE_SECONDS: z.coerce.number().int().min(0).max(86_400).default(1_200),
    /** How often payments are looked for that have expired, milliseconds. */
    EXPIRY_EVERY_MS: z.coerce.number().int().min(100).max(600_000).default(10_000),
    /** The sandbox that charges cards; without one no payment by card is charged. */
    SANDBOX_URL: z.url({ protocol: /^https?$/ }).optional(),
    SANDBOX_KEY: z.string().min(8).optional(),
    /** Where the sandbox is to tell of what it did: the API's route for callbacks. */
    SANDBOX_CALLBACK_URL: z.url({ protocol: /^https?$/ }).optional(),
    /** An answer of the sandbox that takes longer is not waited for, milliseconds. */
    CHANNEL_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(5_000),
    /** Most charges that the sandbox is asked for at once: what they cost is shared. */
    CHANNEL_AT_ONCE_MAX: z.coerce.number().int().min(1).max(1_000).default(64),
    /** How often charges and refunds are looked for that the sandbox is to be asked about, ms. */
    CHANNEL_EVERY_MS: z.coerce.number().int().min(50).max(600_000).default(500),
    /** The first pause before the sandbox is asked again, milliseconds; each next one is longer. */
    CHANNEL_RETRY_MS: z.coerce.number().int().min(50).max(600_000).default(5_000),
    /** How often the statement of a day is read until the day is over, milliseconds. */
    STATEMENT_EVERY_MS: z.coerce.number().int().min(100).max(86_400_000).default(60_000),
  })
  .superRefine(requireBrokers)
  .refine(
    (given) => given.SANDBOX_URL === undefined || (given.SANDBOX_KEY && given.SANDBOX_CALLBACK_URL),
    'Expected SANDBOX_KEY and SANDBOX_CALLBACK_URL beside SANDBOX_URL',
  )

/** Reads the settings of the payment service. Throws `ConfigError`. */
export function paymentsConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    messaging: messagingConfig(config),
    member: consumerMember(config),
    relay: {
      batchSize: config.RELAY_BATCH_MAX,
      keepDays: config.OUTBOX_KEEP_DAYS,
      leaseMs: config.LEASE_MS,
      givingWay: paced(config.RELAY_EVERY_MS),
    },
    cards: {
      sandbox: sandboxOf(config),
      url: config.REDIS_URL,
      atOnceMax: config.CHANNEL_AT_ONCE_MAX,
      everyMs: config.CHANNEL_EVERY_MS,
      retryMs: config.CHANNEL_RETRY_MS,
      statementEveryMs: config.STATEMENT_EVERY_MS,
    },
    expiryQueue: {
      url: config.REDIS_URL,
      queue: 'payments.expire',
      prefix: `${config.TOPIC_PREFIX}coffer`,
    },
    expiry: { graceMs: config.EXPIRY_GRACE_SECONDS * 1_000, everyMs: config.EXPIRY_EVERY_MS },
  }
}

type ChannelSettings = Pick<
  z.output<typeof settings>,
  'SANDBOX_URL' | 'SANDBOX_KEY' | 'SANDBOX_CALLBACK_URL' | 'CHANNEL_TIMEOUT_MS'
>

function sandboxOf(config: ChannelSettings) {
  const { SANDBOX_URL: url, SANDBOX_KEY: key, SANDBOX_CALLBACK_URL: callbackUrl } = config
  if (url === undefined || key === undefined || callbackUrl === undefined) return undefined
  return { url, key, callbackUrl, timeoutMs: config.CHANNEL_TIMEOUT_MS }
}
