import { COUNTED_TOPICS } from '@coffer/analytics/events'
import { postgresStatisticsShadow } from '@coffer/analytics/postgres-statistics-shadow'
import { rebuildStatistics } from '@coffer/analytics/rebuild-statistics'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { readConfig } from '@coffer/runtime/read-config'
import { createLogger } from '@coffer/telemetry/logger'
import { Command } from 'commander'
import { z } from 'zod'
import { endWith } from '../end-with.ts'
import { printJson } from '../progress.ts'

const settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  KAFKA_BROKERS: z.string().min(1),
  TOPIC_PREFIX: z.string().default(''),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
})

const rebuild = new Command('rebuild')
  .description(
    'Count all that the topics of KAFKA_BROKERS hold a second time, and name what the statistics ' +
      'in DATABASE_URL have otherwise.',
  )
  .option('--json', 'print the result as one JSON line')
  .action(async ({ json }: { json?: boolean }) => {
    const config = readConfig(settings, process.env)
    await using postgres = openPostgres(config.DATABASE_URL, {
      applicationName: 'coffer analytics',
      statementTimeoutMs: 0,
    })
    // Loaded by those commands alone that need it: it takes half a second.
    const { kafkaTopicLog } = await import('@coffer/messaging/kafka-topic-log')
    await using log = kafkaTopicLog({
      brokers: config.KAFKA_BROKERS.split(','),
      clientId: 'coffer-analytics',
      topicPrefix: config.TOPIC_PREFIX,
      logger: createLogger('analytics', config.LOG_LEVEL),
    })
    const shadow = postgresStatisticsShadow(postgres)
    const report = await rebuildStatistics({ log, topics: COUNTED_TOPICS, shadow })()
    const isEqual = report.differences.length === 0
    if (json) printJson({ ...report, isEqual })
    else {
      for (const { subject, problem } of report.differences) console.log(`${subject}: ${problem}`)
      const said = isEqual ? 'are equal' : 'are not equal'
      console.log(`The log tells of ${report.nouns} nouns. The statistics ${said}.`)
    }
    if (!isEqual) endWith('unwell')
  })

/** `coffer analytics`: what is counted, once more from the log. */
export const analytics = new Command('analytics')
  .description('See to the statistics.')
  .addCommand(rebuild)
