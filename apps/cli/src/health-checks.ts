import { describeError } from '@coffer/errors/app-error'
import { WALLET_EVENTS } from '@coffer/events/topics'
import { type MessagingSettings, messagingConfig } from '@coffer/messaging/messaging-settings'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { createLogger } from '@coffer/telemetry/logger'

/** What was looked at, and what was found. What is slow is well as long as it answers. */
export type Check = { name: string; isWell: boolean; isSlow?: true; says: string }

/** What answers later is as good as away, milliseconds: more than a process takes to give up. */
const ANSWER_MS = 10_000

/** What answers later is worth a word, milliseconds. */
const SLOW_MS = 1_000

/** What a process says whose own checks took too long. */
const NO_ANSWER = 'no answer within'

/** How a check is shown at the beginning of its line. */
export const labelOf = ({ isWell, isSlow }: Pick<Check, 'isWell' | 'isSlow'>): string => {
  if (!isWell) return 'UNWELL'
  return isSlow ? 'slow  ' : 'well  '
}

async function check(name: string, look: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await look()) }
  } catch (error) {
    return { name, isWell: false, says: describeError(error) }
  }
}

/** Whether the database answers. */
export const checkDatabase = (url: string | undefined): Promise<Check> =>
  check('database', async () => {
    if (url === undefined) return { isWell: false, says: 'DATABASE_URL is not set' }
    const options = { applicationName: 'coffer', statementTimeoutMs: ANSWER_MS }
    await using postgres = openPostgres(url, options)
    await postgres.execute('select 1')
    return { isWell: true, says: 'answers' }
  })

/** Whether the broker answers and has the topics. */
export const checkBroker = (settings: MessagingSettings): Promise<Check> =>
  check('broker', async () => {
    const { MESSAGING } = settings
    const variable = MESSAGING === 'kafka' ? 'KAFKA_BROKERS' : 'REDIS_URL'
    if (settings[variable] === undefined) return { isWell: false, says: `${variable} is not set` }
    const logger = createLogger('coffer', 'silent')
    const config = messagingConfig(settings)
    const messaging = await openMessaging({ ...config, clientId: 'coffer', logger })
    await using log = await messaging.log()
    await log.extents(WALLET_EVENTS)
    return { isWell: true, says: `${MESSAGING} answers` }
  })

export type AppLimits = {
  /** A consumer that is further behind is unwell. */
  lagMax: number
  /** Who answers later is as good as away, milliseconds. */
  answerMs?: number
  /** Who answers later is slow, milliseconds. */
  slowMs?: number
}

/** Whether a process is ready, how soon it says so, and how far its consumers are behind. */
export const checkApp = (name: string, url: string, limits: AppLimits): Promise<Check> =>
  check(name, async () => {
    const { lagMax, answerMs = ANSWER_MS, slowMs = SLOW_MS } = limits
    const get = (path: string) =>
      fetch(new URL(path, url), { signal: AbortSignal.timeout(answerMs) })
    const began = performance.now()
    const ready = await get('/ready').catch((error: Error) => error)
    const ms = Math.round(performance.now() - began)
    if (ready instanceof Error) {
      const isLate = ready.name === 'TimeoutError'
      const says = isLate ? `has not answered for ${ms} ms` : 'does not answer'
      return { isWell: false, says: `${says} at ${url}` }
    }
    if (!ready.ok) {
      const text = await ready.text()
      // Whoever is at work for others is not dead: what it asks itself has only to wait its turn.
      const isBusy = text.includes(NO_ANSWER) && (await get('/health').then(isOk, () => false))
      if (isBusy) return { isWell: true, isSlow: true, says: `is alive, and slow: ${text}` }
      return { isWell: false, says: `is not ready: ${text}` }
    }
    const slow = ms > slowMs ? [`slow: ${ms} ms`] : []
    const metrics = await get('/metrics').then(
      (answer) => answer.text(),
      () => undefined,
    )
    if (metrics === undefined) slow.push('too slow to tell its metrics')
    const lags = lagsIn(metrics ?? '')
    const behind = lags.map(({ group, lag }) => `${group} is ${lag} messages behind`)
    return {
      isWell: lags.every(({ lag }) => lag <= lagMax),
      ...(slow.length > 0 && { isSlow: true }),
      says: ['is ready', ...slow, ...behind].join(', '),
    }
  })

const isOk = ({ ok }: Response) => ok

/** What Prometheus would read of how far consumer groups are behind. */
function lagsIn(metrics: string): { group: string; lag: number }[] {
  const lines = metrics.matchAll(/^coffer_consumer_backlog\{[^}]*group="([^"]*)"[^}]*\} (\S+)$/gm)
  return [...lines].map(([, group = '', lag]) => ({ group, lag: Number(lag) }))
}
