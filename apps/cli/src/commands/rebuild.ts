import { postgresShadow } from '@coffer/ledger/postgres-shadow'
import { type RebuildReport, rebuildLedger } from '@coffer/ledger/rebuild-ledger'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { armCrashPoint } from '@coffer/runtime/crash-point'
import { readConfig } from '@coffer/runtime/read-config'
import { createLogger } from '@coffer/telemetry/logger'
import { Command } from 'commander'
import { z } from 'zod'
import { endWith } from '../end-with.ts'
import { type Progress, printJson, progress } from '../progress.ts'
import { type RebuildParts, rebuildFromSource } from './rebuild-from-source.ts'

const settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  MESSAGING: z
    .literal('kafka', {
      error:
        'Expected kafka: Redis keeps a log only as long as its memory does. Move to Kafka first, ' +
        'or restore a backup of the database.',
    })
    .default('kafka'),
  KAFKA_BROKERS: z.string().min(1),
  TOPIC_PREFIX: z.string().default(''),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  CRASH_AT: z.string().optional(),
  NODE_ENV: z.string().optional(),
})

type Options = { intoLive?: boolean; fromSource?: boolean; json?: boolean }

/** `coffer rebuild`: the ledger once more, from the log. */
export const rebuild = new Command('rebuild')
  .description(
    'Rebuild the ledger from the accounting.events of KAFKA_BROKERS beside the one in ' +
      'DATABASE_URL, and name every difference. Goes on where it was interrupted.',
  )
  .option('--into-live', 'make it the ledger, which must be empty')
  .option(
    '--from-source',
    'derive deposits from wallet.events instead; with --into-live book those that the ledger ' +
      'does not have, and store the deposits themselves where they were lost',
  )
  .option('--json', 'print the result as one JSON line')
  .action(async ({ intoLive = false, fromSource = false, json }: Options) => {
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
    const parts = { log, postgres, onProgress: (label: string) => progressOf(bar, label) }
    const { lines, ...report } = fromSource
      ? await rebuildFromSource(parts, { intoLive })
      : await rebuildFromLog(parts, { intoLive })
    const seconds = Math.round(performance.now() - startedMs) / 1_000
    if (json) printJson({ ...report, seconds })
    else for (const line of lines) console.log(line)
    if (!report.isEqual) endWith('unwell')
  })

const progressOf =
  (bar: Progress['bar'], label: string) =>
  ({ done, of }: { done: number; of: number }) =>
    bar(label, done, of)

async function rebuildFromLog(
  { log, postgres, onProgress }: RebuildParts,
  { intoLive }: { intoLive: boolean },
) {
  const report = await rebuildLedger({
    log,
    shadow: postgresShadow(postgres),
    onProgress: onProgress('messages'),
  })({ putInPlace: intoLive })
  return { ...report, lines: linesOf(report) }
}

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
