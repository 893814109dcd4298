import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

const settings = z.object({
  /** Where it is asked: a Unix socket in a folder of mode 0700. */
  SIGNER_SOCKET: z.string().min(1),
  /** Keystores of hot wallets, and of one HD wallet at most, comma-separated. */
  KEYSTORE_FILES: z
    .string()
    .min(1)
    .transform((text) => text.split(',').map((path) => path.trim())),
  /** A file of mode 0600 with the password of all of them. There is no other way to give it. */
  KEYSTORE_PASSWORD_FILE: z.string().min(1),
  /** What may be signed: see docs/signing.md. */
  SIGNER_POLICY: z.string().min(1),
  /** What was signed. It is never made anew by itself. */
  SIGNER_JOURNAL: z.string().min(1),
  /** 0 takes a free port. */
  HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  CRASH_AT: z.string().optional(),
  NODE_ENV: z.string().optional(),
})

/** Reads the settings of the signer. Throws `ConfigError`. */
export function signerConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    files: {
      keystores: config.KEYSTORE_FILES,
      passwordFile: config.KEYSTORE_PASSWORD_FILE,
      policyFile: config.SIGNER_POLICY,
      journalFile: config.SIGNER_JOURNAL,
    },
  }
}
