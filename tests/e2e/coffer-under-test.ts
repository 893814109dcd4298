import { apiClient } from '@coffer/cli/api-client'
import { createUsers, type MadeUser } from '@coffer/cli/create-users'
import { type Coffer, type StartCofferOptions, startCoffer } from '@coffer/cli/start-coffer'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { type AnvilClient, anvilClient } from '@coffer/simulator/anvil-client'
import { type Simulation, simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { checkInvariants, type Violation } from './invariants.ts'
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
  /** Pays a mixed handful of deposits, among them failures and transfers of no consequence. */
  pay(options?: { count?: number; blocks?: number }): Promise<Simulation>
  /** Waits until everything that is on the chain is booked and nothing is under way. */
  settle(): Promise<void>
  violations(): Promise<Violation[]>
}

/** Settings that make whoever comes after a crash wait as little as possible. */
const IMPATIENT = { LEASE_MS: '500', POLL_MS: '20', SESSION_TIMEOUT_MS: '3000' }

/** Starts a stack of its own and `users` users. */
export async function cofferUnderTest({
  users,
  ...options
}: { users: number } & Partial<StartCofferOptions>): Promise<CofferUnderTest> {
  const coffer = await startCoffer({ ...options, env: { ...IMPATIENT, ...options.env } })
  const { urls, chain, apiUrl: api, apiKey } = coffer
  if (chain === undefined) throw new Error('Expected a chain of its own.')
  const postgres = openPostgres(urls.DATABASE_URL, { applicationName: 'e2e', connectionsMax: 4 })
  const owners = new Map<string, string>()
  let seed = 0

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
    pay: ({ count = 6, blocks = 3 } = {}) =>
      simulateDeposits({
        rpcUrl: urls.RPC_URLS,
        addresses: [...owners.keys()],
        kinds: ['native', 'erc20', 'batch'],
        count,
        blocks,
        noise: 0.3,
        failures: 1,
        seed: ++seed,
      }),
    settle: () => settled({ coffer, postgres }),
    violations: () => checkInvariants({ coffer, owners }),
    async [Symbol.asyncDispose]() {
      await postgres[Symbol.asyncDispose]()
      await coffer[Symbol.asyncDispose]()
    },
  }
  await under.addUsers(users)
  return under
}
