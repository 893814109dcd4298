import { z } from 'zod'
import { messagingSettings } from './messaging-settings.ts'

export type ConsumerDefaults = { group: string; batchSizeMax: number; healthPort: number }

/** Settings of a process that reads topics, and writes to the database what they tell. */
export const consumerSettings = ({ group, batchSizeMax, healthPort }: ConsumerDefaults) => ({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  ...messagingSettings,
  /** Consumers of one group share the topics; a new group reads them from their beginnings. */
  CONSUMER_GROUP: z.string().min(1).default(group),
  /** Most messages handled in one transaction. */
  BATCH_SIZE_MAX: z.coerce.number().int().min(1).max(10_000).default(batchSizeMax),
  /** A process that says nothing for so long loses its partitions to others, milliseconds. */
  SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(300_000).default(10_000),
  /** 0 takes a free port. */
  HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(healthPort),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  CRASH_AT: z.string().optional(),
  NODE_ENV: z.string().optional(),
})

type Member = Pick<
  z.output<z.ZodObject<ReturnType<typeof consumerSettings>>>,
  'CONSUMER_GROUP' | 'BATCH_SIZE_MAX' | 'SESSION_TIMEOUT_MS'
>

/** How a process with {@link consumerSettings} reads. */
export const consumerMember = (config: Member) => ({
  group: config.CONSUMER_GROUP,
  batchSizeMax: config.BATCH_SIZE_MAX,
  sessionTimeoutMs: config.SESSION_TIMEOUT_MS,
})
