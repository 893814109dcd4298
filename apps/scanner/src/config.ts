import {
  messagingConfig,
  messagingSettings,
  requireBrokers,
} from '@coffer/messaging/messaging-settings'
import { readConfig } from '@coffer/runtime/read-config'
import { z } from 'zod'

const milliseconds = (fallback: number) =>
  z.coerce.number().int().min(1).max(60_000).default(fallback)

const settings = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    ...messagingSettings,
    /** 0 takes a free port. */
    HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(4001),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    /** Pause between two looks at a chain's head, milliseconds. */
    POLL_MS: milliseconds(100),
    /** So long a standby waits before it takes over from a silent one, milliseconds. */
    LEASE_MS: milliseconds(3_000),
    /** Blocks read and stored at once while behind. */
    CHUNK_BLOCKS: z.coerce.number().int().min(1).max(1_000).default(50),
    /** Chunks read ahead while behind. */
    CHUNKS_MAX: z.coerce.number().int().min(1).max(64).default(4),
    /** Most events published at once. */
    RELAY_BATCH_MAX: z.coerce.number().int().min(1).max(10_000).default(1_000),
    /** A process that says nothing for so long loses its partitions to others, milliseconds. */
    SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(300_000).default(10_000),
    CRASH_AT: z.string().optional(),
    NODE_ENV: z.string().optional(),
  })
  .superRefine(requireBrokers)

/** Reads the scanner's settings. Throws `ConfigError`. */
export function scannerConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  return {
    ...config,
    follow: {
      pollMs: config.POLL_MS,
      leaseMs: config.LEASE_MS,
      chunkBlocks: config.CHUNK_BLOCKS,
      chunksMax: config.CHUNKS_MAX,
    },
    bookings: { batchSizeMax: 2_000, sessionTimeoutMs: config.SESSION_TIMEOUT_MS },
    relay: {
      batchSize: config.RELAY_BATCH_MAX,
      leaseMs: config.LEASE_MS,
      keepDays: config.OUTBOX_KEEP_DAYS,
    },
    messaging: messagingConfig(config),
  }
}
