import { postgresShadow } from '@coffer/ledger/postgres-shadow'
import { type RebuildReport, rebuildLedger } from '@coffer/ledger/rebuild-ledger'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { readConfig } from '@coffer/runtime/read-config'
import { createLogger } from '@coffer/telemetry/logger'
import { Command } from 'commander'
import { z } from 'zod'
import { printJson, progress } from '../progress.ts'

const settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  KAFKA_BROKERS: z.string().min(1),
  TOPIC_PREFIX: z.string().default(''),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  CRASH_AT: z.string().optional(),
  NODE_ENV: z.string().optional(),
})

type Options = { intoLive?: true; json?: true }

/** `coffer rebuild`: the ledger once more, from the log. */
export const rebuild = new Command('rebuild')
  .description(
    'Rebuild the ledger from the accounting.events of KAFKA_BROKERS beside the one in ' +
      'DATABASE_URL, and name every difference. Goes on where it was interrupted.',
  )
  .option('--into-live', 'make it the ledger, which must be empty')
  .option('--json', 'print the result as one JSON line')
  .action(async ({ intoLive, json }: Options) => {
    const config = readConfig(settings, process.env)
    armCrashPoint(config.CRASH_AT, config.NODE_ENV)
    const { bar } = progress()
    const logger = createLogger('rebuild', config.LOG_LEVEL)
    await using postgres = openPostgres(config.DATABASE_URL, {
      applicationName: 'coffer rebuild',
      statementTimeoutMs: 0,
    })
    // Loaded by those commands alone that need it: it takes half a second.
    const { kafkaTopicLog } = await import('@coffer/messaging/kafka-topic-log')
    await using log = kafkaTopicLog({
      brokers: config.KAFKA_BROKERS.split(','),
      clientId: 'coffer-rebuild',
      topicPrefix: config.TOPIC_PREFIX,
      logger,
    })
    const startedMs = performance.now()
    const report = await rebuildLedger({
      log,
      shadow: postgresShadow(postgres),
      onProgress: ({ done, of }) => bar('messages', done, of),
    })({ putInPlace: intoLive === true })
    const seconds = Math.round(performance.now() - startedMs) / 1_000
    if (json) printJson({ ...report, seconds })
    else for (const line of linesOf(report)) console.log(line)
    if (!report.isEqual) process.exitCode = 1
  })

function linesOf(report: RebuildReport): string[] {
  const { transactions, entries, accounts, repeats, unpublished, differencesCount } = report
  const { differences, problems } = report
  const more = differencesCount - differences.length
  return [
    `The log holds ${transactions} transactions with ${entries} entries of ${accounts} accounts` +
      `${repeats > 0 ? `, and ${repeats} messages twice` : ''}.`,
    ...(unpublished > 0 ? [`${unpublished} of the ledger were not published yet.`] : []),
    ...problems.map(({ subject, problem }) => `log: ${subject}: ${problem}`),
    ...differences.map(({ subject, problem }) => `ledger: ${subject}: ${problem}`),
    ...(more > 0 ? [`${more} more differences.`] : []),
    report.isEqual ? 'The ledger is equal.' : 'The ledger is not equal.',
  ]
}
