import { describeError } from '@coffer/errors/app-error'
import type { JobQueue } from '@coffer/jobs/ports'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { poll } from '@coffer/runtime/poll'
import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import type { Metrics } from '@coffer/telemetry/metrics'
import { guardedPost } from './adapters/guarded-post.ts'
import { countNotifications, measureNotifications } from './adapters/notification-metrics.ts'
import { postgresOutgoingLetters } from './adapters/postgres-outgoing-letters.ts'
import { postgresWebhookLanes } from './adapters/postgres-webhook-lanes.ts'
import { pruneNotifications } from './adapters/prune-notifications.ts'
import { sealedSecrets } from './adapters/sealed-secrets.ts'
import { writeOperators } from './adapters/write-operators.ts'
import type { Locale } from './domain/locale.ts'
import { laneJobs, letterJobs } from './jobs.ts'
import { type OpenMailerOptions, openMailer } from './open-mailer.ts'
import type { Mailer } from './ports.ts'
import { type Stationery, writeLetter } from './templates/write-letter.ts'
import { deliverWebhooks } from './usecases/deliver-webhooks.ts'
import { sendLetter } from './usecases/send-letter.ts'

export type RunNotificationsOptions = {
  postgres: Postgres
  /** Where e-mails go. Without the URL of a mail server each becomes a file. */
  mail: OpenMailerOptions
  stationery: Omit<Stationery, 'assets'>
  assets: Stationery['assets']
  /** Who gets what only operators may know. */
  operators: { email: string | undefined; locale: Locale }
  /** What stands behind the @ of a Message-ID. */
  mailDomain: string
  /** Absent where there are no webhooks. */
  secretsKey: Buffer | undefined
  webhooks: {
    allowPrivate: boolean
    allowHttp: boolean
    timeoutMs: number
    disableAfterMs: number
  }
  letters: JobQueue
  lanes: JobQueue
  /** How often the database is asked for what is due, milliseconds. */
  everyMs: number
  /** Longer than an attempt ever takes, milliseconds. */
  leaseMs: number
  /** How long what was sent is kept, milliseconds. */
  keepMs: number
  /** Called after something was announced. */
  onAnnounced: () => void
  metrics: Metrics
  logger: Logger
}

/** How often it is looked for what need not be kept any longer, milliseconds. */
const PRUNE_MS = 3_600_000

/** Sends the notifications that are due, until stopped. */
export function runNotifications(options: RunNotificationsOptions): Work {
  const { postgres, metrics, logger, everyMs, operators } = options
  const count = countNotifications(metrics)
  measureNotifications(metrics, postgres)
  return async (signal) => {
    await using mailer = openMailer(options.mail)
    await untilWritten(() => writeOperators(postgres, operators), signal)
    const shared = { everyMs, logger }
    const letters = lettersOf(options, { count, shared, mailer })
    const lanes = lanesOf(options, { count, shared })
    const prune = poll(pruneNotifications(postgres, options.keepMs), {
      idleMs: PRUNE_MS,
      onError: (error) => logger.warn({ error: describeError(error) }, 'old ones are pruned later'),
    })
    await Promise.all([letters(signal), lanes?.(signal), prune(signal)])
  }
}

/** A database that is away is waited for, as by everything else. */
async function untilWritten(write: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const once = new AbortController()
  const stopping = AbortSignal.any([signal, once.signal])
  const step = async () => {
    await write()
    once.abort()
    return 'idle' as const
  }
  await poll(step, { idleMs: 0, onError: () => undefined })(stopping)
}

function lettersOf(
  options: RunNotificationsOptions,
  { count, shared, mailer }: LanesWith & { mailer: Mailer },
): Work {
  const { postgres, stationery, assets, mailDomain, leaseMs, letters: queue, onAnnounced } = options
  const letters = postgresOutgoingLetters(postgres)
  const send = sendLetter({
    ...{ letters, mailer, mailDomain, leaseMs },
    write: writeLetter({ ...stationery, assets }),
    onSettled(outcome) {
      count('email', outcome)
      onAnnounced()
    },
  })
  return letterJobs({ ...shared, queue, due: letters.due, sendLetter: send })
}

type LanesWith = {
  count: ReturnType<typeof countNotifications>
  shared: { everyMs: number; logger: Logger }
}

function lanesOf(
  {
    postgres,
    secretsKey,
    webhooks,
    lanes: queue,
    leaseMs,
    onAnnounced,
    logger,
  }: RunNotificationsOptions,
  { count, shared }: LanesWith,
): Work | undefined {
  if (secretsKey === undefined) {
    logger.warn({}, 'WEBHOOK_SECRETS_KEY is not set: no webhooks are sent')
    return undefined
  }
  const lanes = postgresWebhookLanes({ postgres, secrets: sealedSecrets(secretsKey) })
  const { disableAfterMs, ...guard } = webhooks
  const deliver = deliverWebhooks({
    ...{ lanes, disableAfterMs, leaseMs },
    post: guardedPost(guard),
    onSettled(outcome) {
      count('webhook', outcome)
      onAnnounced()
    },
    onDisabled: (facts) => logger.error(facts, 'a webhook endpoint was disabled'),
  })
  return laneJobs({ ...shared, queue, due: lanes.due, deliverWebhooks: deliver })
}
