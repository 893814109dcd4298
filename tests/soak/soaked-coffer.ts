import { apiClient } from '@coffer/cli/api-client'
import { createUsers } from '@coffer/cli/create-users'
import { type AppName, type Coffer, DEPOSIT_APPS, startCoffer } from '@coffer/cli/start-coffer'
import { freePort } from '@coffer/devstack/free-port'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { type AnvilClient, anvilClient } from '@coffer/simulator/anvil-client'
import { deployHostileContracts } from '@coffer/simulator/deploy-hostile-contracts'
import { type RpcProxy, startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { startTcpProxy, type TcpProxy } from '@coffer/testkit/tcp-proxy'
import { freshHome } from '../e2e/coffer-under-test.ts'
import { inspectedAt } from './collect-garbage.ts'
import type { Tell } from './progress.ts'
import { REORG_DEPTH_MAX } from './random-chain.ts'

/** A whole Coffer between proxies, and its users. */
export type SoakedCoffer = AsyncDisposable & {
  coffer: Coffer
  /** Of the soak's own: nothing is between it and the database. */
  postgres: Postgres
  node: AnvilClient
  /** Owner by address, in lower case. */
  owners: ReadonlyMap<string, string>
  /** The endpoints of the scanner: two, both in front of the one node. */
  endpoints: readonly RpcProxy[]
  /** Between scanner and accounts and their database. */
  wire: TcpProxy
  /** Where each process has its garbage collected, by its name. */
  inspectors: ReadonlyMap<AppName, number>
}

/** Whoever comes after a crash waits little, and a reorg may undo what was published. */
const SETTINGS = {
  ...{ LEASE_MS: '1000', SESSION_TIMEOUT_MS: '6000' },
  ...{ CONFIRMATIONS: '3', LOG_LEVEL: 'warn' },
}

/** More than anybody pays, so that no reorg makes a sender poor. */
const RICHES = 10n ** 40n

/** Deeper than any reorg of a soak. */
const BEDROCK_BLOCKS = 2 * REORG_DEPTH_MAX

/**
 * Anvil writes older states to disk and forgets the code of contracts when it goes back to one that
 * it has read from there. So it keeps in memory what a reorg may need, and nothing on disk.
 */
const ANVIL_ARGUMENTS = ['--prune-history', '1000']

export async function soakedCoffer(options: {
  users: number
  seed: number
  tell: Tell
}): Promise<SoakedCoffer> {
  const { users, seed, tell } = options
  await using starting = new AsyncDisposableStack()
  const home = await freshHome('soak')
  const inspectors = new Map<AppName, number>()
  for (const app of DEPOSIT_APPS) inspectors.set(app, await freePort())
  const inspected = (app: AppName) => inspectedAt(inspectors.get(app) ?? 0)
  const coffer = starting.use(
    await startCoffer({
      ...{ home, env: SETTINGS, apps: ['api'], restart: true, onProgress: tell },
      appEnv: { api: inspected('api') },
      anvilArguments: ANVIL_ARGUMENTS,
    }),
  )
  const { urls, chain, apiUrl: api, apiKey } = coffer
  if (chain === undefined) throw new Error('Expected a chain of its own.')
  const node = anvilClient(urls.RPC_URLS)
  await prepare(node)

  const upstream = urls.RPC_URLS
  const one = starting.use(await startRpcProxy({ upstream, seed }))
  const other = starting.use(await startRpcProxy({ upstream, seed: seed + 1 }))
  const database = new URL(urls.DATABASE_URL)
  const wire = starting.use(await startTcpProxy({ port: Number(database.port) }))
  database.port = `${wire.port}`
  const env = { DATABASE_URL: database.href, RPC_URLS: `${one.url},${other.url}` }
  const start = (app: AppName) => coffer.startApp(app, { env: { ...env, ...inspected(app) } })
  await Promise.all([start('scanner'), start('accounts')])
  const postgres = starting.use(openPostgres(urls.DATABASE_URL, { applicationName: 'soak' }))
  const made = await createUsers(apiClient({ api, apiKey }), { chain: chain.chain, count: users })

  const opened = starting.move()
  return {
    ...{ coffer, postgres, node, wire, inspectors },
    owners: new Map(made.map(({ id, address }) => [address.toLowerCase(), id])),
    endpoints: [one, other],
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** Puts what every branch shares below all that may ever be undone. */
async function prepare(node: AnvilClient): Promise<void> {
  await deployHostileContracts(node)
  await node.setAutomine(false)
  for (const account of await node.accounts()) await node.setBalance(account, RICHES)
  await node.mine(BEDROCK_BLOCKS)
}
