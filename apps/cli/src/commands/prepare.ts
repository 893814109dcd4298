import { TOPICS } from '@coffer/events/topics'
import { ensureMessagingTopics } from '@coffer/messaging/ensure-messaging-topics'
import {
  messagingConfig,
  messagingSettings,
  requireBrokers,
} from '@coffer/messaging/messaging-settings'
import { requireCopies, topicCopies, topicSettings } from '@coffer/messaging/topic-settings'
import { migrate as applyMigrations } from '@coffer/postgres/migrate'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { readConfig } from '@coffer/runtime/read-config'
import { Command } from 'commander'
import { z } from 'zod'
import { MIGRATIONS } from '../start-coffer.ts'

const database = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) })

/** `coffer migrate`: brings a database up to date. Safe to repeat. */
export const migrate = new Command('migrate')
  .description('Bring the database at DATABASE_URL up to date. Safe to repeat.')
  .action(async () => {
    const { DATABASE_URL } = readConfig(database, process.env)
    await using postgres = openPostgres(DATABASE_URL, { applicationName: 'coffer' })
    await applyMigrations(postgres, MIGRATIONS)
    console.log(`Up to date: ${MIGRATIONS.map(({ schema }) => schema).join(', ')}.`)
  })

const broker = z
  .object({
    ...messagingSettings,
    ...topicSettings,
    /** How long Redis keeps what every group has handled, hours; for ever by default. */
    REDIS_KEEP_HOURS: z.coerce.number().int().min(1).max(876_000).optional(),
  })
  .superRefine(requireBrokers)
  .superRefine(requireCopies)

/** `coffer topics`: creates what is missing. Safe to repeat. */
export const topics = new Command('topics')
  .description(
    'Create the topics that are missing where MESSAGING says: on KAFKA_BROKERS, with ' +
      'REPLICATION_FACTOR and MIN_INSYNC_REPLICAS, or at REDIS_URL, kept for REDIS_KEEP_HOURS. ' +
      'Safe to repeat.',
  )
  .action(async () => {
    const config = readConfig(broker, process.env)
    await ensureMessagingTopics({
      messaging: messagingConfig(config),
      topics: TOPICS,
      ...topicCopies(config),
      redisKeepMs: config.REDIS_KEEP_HOURS && config.REDIS_KEEP_HOURS * 3_600_000,
    })
    for (const { name, partitions } of TOPICS) console.log(`${name}  ${partitions} partitions`)
  })
