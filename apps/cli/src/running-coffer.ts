import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@coffer/errors/app-error'
import type { Coffer } from './start-coffer.ts'

/** Where a running Coffer answers, and the key it answers to. */
export type ApiAccess = { api: string; apiKey: string }

/** A Coffer that was started here. */
export type RunningCoffer = ApiAccess & {
  /** The node of the chain that it follows. */
  rpcUrl: string
  /** The settings that say where its parts are. */
  env: Readonly<Record<string, string>>
  /** Where its processes tell how they are, by name. */
  healthUrls: Readonly<Record<string, string>>
}

const fileOf = (home: string) => join(home, 'running.json')

/**
 * Remembers a Coffer that was started here, so that other commands find it. Readable by its user.
 */
export async function rememberCoffer(home: string, coffer: Coffer): Promise<AsyncDisposable> {
  const { apiUrl: api, apiKey, urls, messaging, apps } = coffer
  const { DATABASE_URL, KAFKA_BROKERS, REDIS_URL, RPC_URLS: rpcUrl } = urls
  const { kind: MESSAGING, topicPrefix: TOPIC_PREFIX = '', before } = messaging
  const settings = {
    ...{ DATABASE_URL, KAFKA_BROKERS, REDIS_URL, MESSAGING, TOPIC_PREFIX },
    MESSAGING_BEFORE: before?.kind ?? '',
  }
  const env = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''))
  const healthUrls = Object.fromEntries(
    [...apps.keys()].map((name) => [name, coffer.healthUrl(name)]),
  )
  const running: RunningCoffer = { api, apiKey, rpcUrl, env, healthUrls }
  await mkdir(home, { recursive: true })
  await writeFile(fileOf(home), JSON.stringify(running), { mode: 0o600 })
  return { [Symbol.asyncDispose]: () => rm(fileOf(home), { force: true }) }
}

/** What is remembered of a Coffer that was started here; it may have ended since. */
export async function rememberedCoffer(home: string): Promise<Partial<RunningCoffer>> {
  const found = await readFile(fileOf(home), 'utf8').catch(() => '{}')
  return JSON.parse(found) as Partial<RunningCoffer>
}

/** The Coffer that a command talks to: the one it names, else the one that was started here. */
export async function findCoffer(
  given: { api?: string | undefined; key?: string | undefined; rpc?: string | undefined },
  home: string,
): Promise<Pick<RunningCoffer, 'api' | 'apiKey' | 'rpcUrl'>> {
  const running = await rememberedCoffer(home)
  const [api, apiKey] = [given.api ?? running.api, given.key ?? running.apiKey]
  if (!api || !apiKey) throw new NoCofferError()
  return { api, apiKey, rpcUrl: given.rpc ?? running.rpcUrl ?? '' }
}

type Env = Readonly<Record<string, string | undefined>>

const PARTS = ['DATABASE_URL', 'KAFKA_BROKERS', 'REDIS_URL']

/**
 * The settings of a command about parts: where `env` names any part they are its own, and else
 * those of the Coffer that was started here. What is of two Coffers is never mixed.
 */
export async function partsOf(env: Env, home: string): Promise<Env> {
  if (PARTS.some((name) => env[name])) return env
  return { ...env, ...(await rememberedCoffer(home)).env }
}

/** There is nothing to talk to. */
export class NoCofferError extends AppError {
  readonly code = 'CLI_NO_COFFER'

  constructor() {
    super(
      'No running Coffer is known here. Start one with `npm run coffer -- up`, or name one by ' +
        '--api URL and --key KEY (or the variables API_URL and API_KEY).',
      { retry: 'never' },
    )
  }
}
