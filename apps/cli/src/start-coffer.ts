import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { freePort } from '@coffer/devstack/free-port'
import { type RunAppOptions, type RunningApp, runApp } from '@coffer/devstack/run-app'
import {
  type Stack,
  type StackOptions,
  type StackUrls,
  startStack,
} from '@coffer/devstack/start-stack'
import { TOPICS } from '@coffer/events/topics'
import { ChainMismatchError } from '@coffer/evm/proven-chain'
import type { GrantedApps } from '@coffer/grants/grant-apps'
import { ensureMessagingTopics } from '@coffer/messaging/ensure-messaging-topics'
import {
  type MessagingConfig,
  messagingConfig,
  messagingSettings,
  requireBrokers,
} from '@coffer/messaging/messaging-settings'
import {
  requireCopies,
  type TopicCopies,
  topicCopies,
  topicSettings,
} from '@coffer/messaging/topic-settings'
import { chainIdOf, chainReference } from '@coffer/money/chain-id'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { readConfig } from '@coffer/runtime/read-config'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { z } from 'zod'
import { buildConsole } from './build-console.ts'
import { asAppRole } from './database/as-app-role.ts'
import { prepareDatabase, sayRoles } from './database/prepare-database.ts'
import { LOCAL_CHAIN_ID, type LocalChain, localChain, localDefaults } from './local-chain.ts'
import { localNotifications } from './local-notifications.ts'
import { localSandbox } from './local-sandbox.ts'
import { type FundedSigner, localSigner } from './local-signer.ts'

/** What every deposit goes through. */
export const DEPOSIT_APPS = ['scanner', 'accounts', 'api'] as const

/** Every app. */
export const APPS = [
  ...DEPOSIT_APPS,
  'analytics',
  'notifications',
  'payments',
  'reconciliation',
  'sandbox',
  'settlement',
  'signer',
  'withdrawals',
] as const
export type AppName = (typeof APPS)[number]

export type CofferProgress = (line: string, amount?: { done: number; of: number }) => void

export type StartCofferOptions = Pick<
  StackOptions,
  'home' | 'anvilArguments' | 'brokers' | 'isDurable'
> & {
  /** What runs elsewhere, settings for every app, and the operator's own variables. */
  env: Readonly<Record<string, string | undefined>>
  /** Which processes to start at once, by default those of deposits; the rest can be later. */
  apps?: readonly AppName[]
  /** Settings of one app on top of `env`. */
  appEnv?: Partial<Record<AppName, Readonly<Record<string, string>>>>
  /** Start an app again when it ends by itself. */
  restart?: boolean
  /** Build the console if it is not there. */
  console?: boolean
  onProgress?: CofferProgress
}

/** A whole Coffer on this machine: its parts, its processes, and how to reach them. */
export type Coffer = AsyncDisposable & {
  stack: Stack
  urls: StackUrls
  /** The broker that carries the messages. */
  messaging: MessagingConfig
  apiUrl: string
  apiKey: string
  /** The chain that was made for this Coffer; `undefined` when it follows given ones. */
  chain: LocalChain | undefined
  /** Processes by name; a second one of an app has a name of its own. */
  apps: Map<string, RunningApp>
  /** Starts one more process, for example a second `accounts` under the name `accounts-2`. */
  startApp(app: AppName, options?: StartAppOptions): Promise<RunningApp>
  /** Where a process serves `/health`, `/ready` and `/metrics`. */
  healthUrl(name: string): string
}

export type StartAppOptions = Pick<RunAppOptions, 'awaitHealth'> & {
  name?: string
  env?: Readonly<Record<string, string>>
}

/**
 * Starts every part that `env` doesn't name, prepares database and topics, and starts the apps.
 * Disposing it ends all it started; so does the death of this process.
 */
export async function startCoffer(options: StartCofferOptions): Promise<Coffer> {
  const { home = '.coffer', env, onProgress = () => undefined } = options
  const pages = options.console ? buildConsole(onProgress) : undefined
  const stack = await startStack({
    home,
    parts: partsNeeded(env),
    given: givenUrls(env),
    ...(options.anvilArguments ? { anvilArguments: options.anvilArguments } : {}),
    ...(options.brokers ? { brokers: options.brokers } : {}),
    ...(options.isDurable === undefined ? {} : { isDurable: options.isDurable }),
    onProgress: ({ part, state, detail, amount }) => {
      const megabytes = (bytes: number) => Math.round(bytes / 1e6)
      if (amount) {
        const { done, of } = amount
        onProgress(`${part}: megabytes`, { done: megabytes(done), of: megabytes(of) })
      } else if (state !== 'starting') onProgress(`${part}: ${state}${detail ? ` ${detail}` : ''}`)
    },
  })
  let coffer: ReturnType<typeof runningCoffer> | undefined
  try {
    const { urls } = stack
    if (env['RPC_URLS']) await requireServedChain(urls.RPC_URLS, env['CHAIN_ID'])
    onProgress('database and topics: preparing')
    const settings = readConfig(broker, { ...env, ...defined(urls) })
    const messaging = messagingConfig(settings)
    const roles = await prepare(urls, { messaging, ...topicCopies(settings) })
    onProgress(`database: ${sayRoles(roles)}`)
    const ownChain = !env['RPC_URLS'] && urls.RPC_URLS !== ''
    const chain = ownChain ? await localChain(urls.RPC_URLS) : undefined
    const apiKey = env['API_KEY'] || `coffer_${randomBytes(24).toString('base64url')}`
    const signer = chain && (await localSigner(home, { urls, local: chain }))
    const ports = await appPorts(env)
    const apiUrl = `http://127.0.0.1:${ports.get('api')}`
    const shared = {
      ...defined(urls),
      ...localDefaults(env, chain),
      ...(await localNotifications(home, ownChain)),
      ...localSandbox(env, { port: ports.get('sandbox'), apiUrl }),
      ...signer?.shared,
      ...defined(env),
      API_KEY: apiKey,
    }
    coffer = runningCoffer({ stack, shared, signer, ports, roles, options: { ...options, home } })
    await pages
    await startAll(coffer, options, Boolean(signer || env['KEYSTORE_FILES']))
    return { ...coffer, stack, urls, messaging, chain, apiKey, apiUrl }
  } catch (error) {
    await (coffer ?? stack)[Symbol.asyncDispose]()
    throw error
  }
}

/**
 * Starts the apps at once, those that need a signer only where there is one. If one fails it throws
 * when all have ended or come up, not before.
 */
async function startAll(
  { startApp }: Pick<Coffer, 'startApp'>,
  { apps = DEPOSIT_APPS, appEnv = {}, onProgress }: StartCofferOptions,
  hasKeys: boolean,
): Promise<void> {
  const needsKeys = (app: AppName) => app === 'signer' || app === 'withdrawals'
  const startable = apps.filter((app) => hasKeys || !needsKeys(app))
  const left = apps.filter((app) => !startable.includes(app))
  if (left.length > 0) onProgress?.(`${left.join(', ')}: not started, KEYSTORE_FILES is not set`)
  const starting = startable.map(async (app) => {
    const { pid } = await startApp(app, { env: appEnv[app] ?? {} })
    onProgress?.(`${app}: ready, process ${pid()}`)
  })
  const outcomes = await Promise.allSettled(starting)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

type Surroundings = {
  stack: Stack
  shared: Record<string, string>
  signer: FundedSigner | undefined
  ports: Map<string, number>
  roles: GrantedApps
  options: StartCofferOptions & { home: string }
}

function runningCoffer({ stack, shared, signer, ports, roles, options }: Surroundings) {
  const apps = new Map<string, RunningApp>()
  const healthUrl = (name: string) => `http://127.0.0.1:${ports.get(name)}`
  return {
    apps,
    healthUrl,
    async startApp(app: AppName, startOptions: StartAppOptions = {}) {
      const { name = app, env = {}, awaitHealth = true } = startOptions
      if (app === 'withdrawals') await signer?.fund()
      const before = ports.get(name)
      // Who is called by others keeps the port that they know.
      const port = before && PORT_SETTINGS[app] ? before : await freePort(before)
      ports.set(name, port)
      const running = await runApp({
        name,
        main: new URL(`../../${app}/src/main.ts`, import.meta.url),
        env: {
          ...asAppRole(app, roles),
          ...shared,
          // Nobody else is told where keys are.
          ...(app === 'signer' ? signer?.own : {}),
          ...env,
          [PORT_SETTINGS[app] ?? 'HEALTH_PORT']: port.toString(),
        },
        healthUrl: healthUrl(name),
        logFile: join(resolve(options.home), 'logs', `${name}.log`),
        stack,
        restart: options.restart ?? false,
        awaitHealth,
        onExit: ({ code, signal }) =>
          options.onProgress?.(`${name}: ended (${signal ?? `status ${code}`})`),
      })
      apps.set(name, running)
      return running
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...apps.values()].map((app) => app.stop()))
      await stack[Symbol.asyncDispose]()
    },
  }
}

const broker = z
  .object({ ...messagingSettings, ...topicSettings })
  .superRefine(requireBrokers)
  .superRefine(requireCopies)

/** Anvil is started only when no chain is configured, and Kafka only when it carries messages. */
function partsNeeded(env: StartCofferOptions['env']): NonNullable<StackOptions['parts']> {
  const needsKafka = env['MESSAGING'] !== 'redis' || env['MESSAGING_BEFORE'] === 'kafka'
  const kafka = needsKafka ? (['kafka'] as const) : []
  const parts = ['postgres', ...kafka, 'redis'] as const
  return env['RPC_URLS'] || env['COFFER_CONFIG'] ? parts : [...parts, 'anvil']
}

function givenUrls(env: StartCofferOptions['env']): Partial<StackUrls> {
  const { DATABASE_URL, KAFKA_BROKERS, REDIS_URL, RPC_URLS } = env
  // Only the first endpoint is proven here; the scanner knows what to do with the others.
  return defined({ DATABASE_URL, KAFKA_BROKERS, REDIS_URL, RPC_URLS: RPC_URLS?.split(',')[0] })
}

async function prepare(
  { DATABASE_URL }: StackUrls,
  topics: TopicCopies & { messaging: MessagingConfig },
): Promise<GrantedApps> {
  await using postgres = openPostgres(DATABASE_URL, { applicationName: 'coffer' })
  const [roles] = await Promise.all([
    prepareDatabase(postgres),
    ensureMessagingTopics({ ...topics, topics: TOPICS }),
  ])
  return roles
}

/**
 * Throws `ChainMismatchError` when the node that is given serves another chain than is meant. A
 * scanner would refuse it too, but only after everything seems to be up.
 */
async function requireServedChain(url: string, chainId = LOCAL_CHAIN_ID): Promise<void> {
  const served = chainReference(await anvilClient(url).chain())
  if (served === Number(chainId)) return
  const { host: endpoint } = new URL(url)
  throw new ChainMismatchError({
    endpoint,
    chain: chainIdOf(Number(chainId)),
    served: `0x${served.toString(16)}`,
  })
}

/** Apps that answer others, on the port where they tell of their health. */
const PORT_SETTINGS: Partial<Record<AppName, string>> = { api: 'API_PORT', sandbox: 'SANDBOX_PORT' }

/** The API's port is the one that was asked for, or any. */
async function appPorts(env: StartCofferOptions['env']): Promise<Map<string, number>> {
  const [api, sandbox] = [env['API_PORT'], env['SANDBOX_PORT']].map(Number)
  return new Map([
    ['api', api || (await freePort())],
    ['sandbox', sandbox || (await freePort())],
  ])
}

const defined = (record: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => Boolean(entry[1])),
  )
