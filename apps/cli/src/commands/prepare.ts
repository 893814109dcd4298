import { TOPICS } from '@coffer/events/topics'
import { ensureTopics } from '@coffer/messaging/kafka-topics'
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

const kafka = z.object({
  KAFKA_BROKERS: z.string().min(1),
  REPLICATION_FACTOR: z.coerce.number().int().min(1).default(1),
  MIN_INSYNC_REPLICAS: z.coerce.number().int().min(1).default(1),
})

/** `coffer topics`: creates what is missing. Safe to repeat. */
export const topics = new Command('topics')
  .description(
    'Create the topics that are missing on KAFKA_BROKERS, with REPLICATION_FACTOR and ' +
      'MIN_INSYNC_REPLICAS. Safe to repeat.',
  )
  .action(async () => {
    const config = readConfig(kafka, process.env)
    await ensureTopics({
      brokers: config.KAFKA_BROKERS.split(','),
      topics: TOPICS,
      replicationFactor: config.REPLICATION_FACTOR,
      minInsyncReplicas: config.MIN_INSYNC_REPLICAS,
    })
    for (const { name, partitions } of TOPICS) console.log(`${name}  ${partitions} partitions`)
  })
