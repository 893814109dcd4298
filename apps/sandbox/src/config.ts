import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

const settings = z.object({
  /** Where the sandbox remembers what it moved; a database of its own will do. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  SANDBOX_HOST: z.string().default('127.0.0.1'),
  /** 0 takes a free port. */
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
  /** What whoever charges must send. */
  SANDBOX_KEY: z.string().min(8),
  /** What callbacks are signed with: `whsec_` and 24 to 64 bytes as base64. */
  SANDBOX_SECRET: z.string().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/),
  /** How long cards take that are decided late, milliseconds. */
  SANDBOX_DELAY_MS: z.coerce.number().int().min(0).max(600_000).default(2_000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  CRASH_AT: z.string().optional(),
  NODE_ENV: z.string().optional(),
})

/** Reads the settings of the sandbox. Throws `ConfigError`. */
export const sandboxConfig = (env: Readonly<Record<string, string | undefined>>) =>
  readConfig(settings, env)
