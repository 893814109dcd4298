import { accessSettings } from '@coffer/access/access-settings'
import { messagingConfig, messagingSettings } from '@coffer/messaging/messaging-settings'
import { letterSettings, webhookSettings } from '@coffer/notifications/notification-settings'
import { channelRules, reconciliationSettings } from '@coffer/reconciliation/settings'
import { readConfig } from '@coffer/runtime/read-config'
import { settlementSettings, settlementTerms } from '@coffer/settlements/settlement-settings'
import { policySettings } from '@coffer/withdrawals/policy-settings'
import { z } from 'zod'

/** Long enough to keep out a guess; what `coffer up` draws has 192 bits. */
const KEY_LENGTH_MIN = 8

const keys = z
  .string(
    'Set it to a key that callers must send, of 8 characters or more; without one the API does ' +
      'not start',
  )
  .transform((text) => text.split(',').map((key) => key.trim()))
  .refine(
    (all) => all.every((key) => key.length >= KEY_LENGTH_MIN && !/\s/.test(key)),
    `Expected keys of ${KEY_LENGTH_MIN} characters or more without spaces, separated by commas`,
  )

const origins = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  )
  .refine(
    (all) => all.every((each) => URL.parse(each)?.origin === each),
    'Expected origins without a path, such as https://shop.example, separated by commas; none is *',
  )

const settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  ...messagingSettings,
  API_HOST: z.string().default('127.0.0.1'),
  /** 0 takes a free port. */
  API_PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  API_KEY: keys,
  ...accessSettings,
  /** Whose pages may call the API in a browser, such as https://shop.example, by commas. */
  CORS_ORIGINS: origins,
  /** Most addresses that a user is given; 0 is as many as they like. Imports have no such limit. */
  ADDRESSES_PER_USER_MAX: z.coerce.number().int().min(0).default(1_000),
  /** Extended public key that addresses are derived from; without one they are only imported. */
  XPUB: z.string().optional(),
  /** Not ready when a scanner last heard of a head longer ago; 0 never looks. */
  HEAD_AGE_MAX_SECONDS: z.coerce.number().int().min(0).default(60),
  /** What callbacks of the sandbox are signed with: `whsec_` and base64; else none is taken. */
  SANDBOX_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'Expected whsec_ and 24 to 64 bytes as base64')
    .optional(),
  /** What is kept of payments of a merchant for whom nothing else was said, in 1/100 %. */
  MERCHANT_FEE_BASIS_POINTS: z.coerce.number().int().min(0).max(10_000).default(0),
  ...settlementSettings,
  ...reconciliationSettings,
  ...letterSettings,
  ...webhookSettings,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ...policySettings,
})

/**
 * Reads the API's settings. Throws `ConfigError` that names every wrong one. Without a broker it
 * starts all the same: only dead letters are not seen to then.
 */
export function apiConfig(env: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(settings, env)
  const address = config.MESSAGING === 'redis' ? config.REDIS_URL : config.KAFKA_BROKERS
  return {
    ...config,
    messaging: address === undefined ? undefined : messagingConfig(config),
    rates: {
      tenant: config.RATE_LIMIT_PER_MINUTE,
      platform: config.RATE_LIMIT_PLATFORM_PER_MINUTE,
      address: config.RATE_LIMIT_PUBLIC_PER_MINUTE,
    },
    channelRules: channelRules(config),
    settlementTerms: settlementTerms(config),
    notifications: {
      secretsKey: config.WEBHOOK_SECRETS_KEY,
      allowHttp: config.WEBHOOK_ALLOW_HTTP,
      brand: config.MAIL_BRAND,
      explorers: config.EXPLORERS,
    },
  }
}
