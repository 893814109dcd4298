import { describeError } from '@coffer/errors/app-error'
import { WALLET_EVENTS } from '@coffer/events/topics'
import { type MessagingSettings, messagingConfig } from '@coffer/messaging/messaging-settings'
import { openMessaging } from '@coffer/messaging/open-messaging'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { createLogger } from '@coffer/telemetry/logger'

/** What was looked at, and what was found. */
export type Check = { name: string; isWell: boolean; says: string }

/** What answers later is as good as away, milliseconds. */
const ANSWER_MS = 5_000

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

/** Whether a process is ready, and how far its consumers are behind. */
export const checkApp = (name: string, url: string, lagMax: number): Promise<Check> =>
  check(name, async () => {
    const get = (path: string) =>
      fetch(new URL(path, url), { signal: AbortSignal.timeout(ANSWER_MS) })
    const ready = await get('/ready').catch(() => undefined)
    if (ready === undefined) return { isWell: false, says: `does not answer at ${url}` }
    if (!ready.ok) return { isWell: false, says: `is not ready: ${await ready.text()}` }
    const lags = lagsIn(await (await get('/metrics')).text())
    const behind = lags.map(({ group, lag }) => `, ${group} is ${lag} messages behind`)
    const isWell = lags.every(({ lag }) => lag <= lagMax)
    return { isWell, says: `is ready${behind.join('')}` }
  })

/** What Prometheus would read of how far consumer groups are behind. */
function lagsIn(metrics: string): { group: string; lag: number }[] {
  const lines = metrics.matchAll(/^coffer_consumer_backlog\{[^}]*group="([^"]*)"[^}]*\} (\S+)$/gm)
  return [...lines].map(([, group = '', lag]) => ({ group, lag: Number(lag) }))
}
