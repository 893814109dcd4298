import { mkdir, rm, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { apiClient } from '@coffer/cli/api-client'
import { createUsers, type MadeUser } from '@coffer/cli/create-users'
import { type Coffer, type StartCofferOptions, startCoffer } from '@coffer/cli/start-coffer'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { type AnvilClient, anvilClient } from '@coffer/simulator/anvil-client'
import { type Simulation, simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { quickNode } from '@coffer/testkit/quick-node'
import { checkInvariants, type Violation, watchedViolations } from './invariants.ts'
import { settled } from './settled.ts'

/** A whole Coffer on a chain of its own, its users, and what tests do with it again and again. */
export type CofferUnderTest = AsyncDisposable & {
  coffer: Coffer
  postgres: Postgres
  node: AnvilClient
  /** Owner by address, in lower case: everybody who may be credited. */
  owners: Map<string, string>
  /** Makes users over the API, each with one address. */
  addUsers(count: number): Promise<MadeUser[]>
  /** How many deposits `pay` has made in all. */
  paid(): number
  /** Pays a mixed handful of deposits, among them failures and transfers of no consequence. */
  pay(options?: { count?: number; blocks?: number }): Promise<Simulation>
  /** Waits until everything that is on the chain is booked and nothing is under way. */
  settle(): Promise<void>
  violations(): Promise<Violation[]>
}

/** Settings that make whoever comes after a crash wait as little as possible. */
const IMPATIENT = { LEASE_MS: '500', POLL_MS: '20', SESSION_TIMEOUT_MS: '3000' }

type Options = Partial<StartCofferOptions> & {
  /** Names the folder of its logs below `.coffer/e2e`. */
  name: string
  users: number
}

/** Starts a stack of its own and `users` users. */
export async function cofferUnderTest(options: Options): Promise<CofferUnderTest> {
  const { name, users, env, ...rest } = options
  const home = await freshHome(name)
  const impatient = { ...IMPATIENT, ...quickNode.env, ...env }
  // Nobody pulls the plug of the machine: what a killed server has written is there again.
  const coffer = await startCoffer({ ...rest, home, env: impatient, isDurable: false })
  const { urls, chain, apiUrl: api, apiKey } = coffer
  if (chain === undefined) throw new Error('Expected a chain of its own.')
  const postgres = openPostgres(urls.DATABASE_URL, { applicationName: 'e2e', connectionsMax: 4 })
  const owners = new Map<string, string>()
  let seed = 0
  let paid = 0

  const under: CofferUnderTest = {
    coffer,
    postgres,
    owners,
    node: anvilClient(urls.RPC_URLS),
    async addUsers(count) {
      const made = await createUsers(apiClient({ api, apiKey }), { chain: chain.chain, count })
      for (const { id, address } of made) owners.set(address.toLowerCase(), id)
      return made
    },
    paid: () => paid,
    async pay({ count = 6, blocks = 3 } = {}) {
      const simulation = await simulateDeposits({
        rpcUrl: urls.RPC_URLS,
        addresses: [...owners.keys()],
        kinds: ['native', 'erc20', 'batch'],
        count,
        blocks,
        noise: 0.3,
        failures: 1,
        seed: ++seed,
      })
      paid += simulation.deposits.length
      return simulation
    },
    settle: () => settled({ coffer, postgres }),
    async violations() {
      const watched = await watchedViolations(postgres)
      return [...watched, ...(await checkInvariants({ coffer, owners }))]
    },
    async [Symbol.asyncDispose]() {
      await postgres[Symbol.asyncDispose]()
      await coffer[Symbol.asyncDispose]()
    },
  }
  await under.addUsers(users)
  return under
}

/** A folder without old logs and e-mails, which shares what was downloaded with the others. */
export async function freshHome(name: string): Promise<string> {
  const home = join('.coffer/e2e', name)
  for (const old of ['logs', 'mail']) await rm(join(home, old), { recursive: true, force: true })
  await mkdir(home, { recursive: true })
  await mkdir('.coffer/cache', { recursive: true })
  await symlink(resolve('.coffer/cache'), join(home, 'cache')).catch((error: Error) => {
    if (!('code' in error && error.code === 'EEXIST')) throw error
  })
  return home
}
