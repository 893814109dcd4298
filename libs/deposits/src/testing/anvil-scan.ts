import { randomBytes } from 'node:crypto'
import { type Anvil, startAnvil } from '@coffer/devstack/start-anvil'
import { AppError } from '@coffer/errors/app-error'
import { type Address, parseAddress } from '@coffer/evm/address'
import { WHOLE_PROOF } from '@coffer/evm/block-proof'
import type { ChainConfig } from '@coffer/evm/chain-config'
import type { Clock } from '@coffer/runtime/clock'
import { type AnvilClient, anvilClient } from '@coffer/simulator/anvil-client'
import { readDeposits } from '@coffer/simulator/chain-oracle'
import { deployTestContracts, type TestContracts } from '@coffer/simulator/deploy-test-contracts'
import { waitFor } from '@coffer/testkit/wait-for'
import type { BalanceObserver } from '../balance-ports.ts'
import { type ChainScan, chainScan } from '../chain-scan.ts'
import type { ScanObserver } from '../ports.ts'
import { CHAIN } from './fake-transfers.ts'
import type { ScanDatabase } from './scan-database.ts'
import { silentObserver } from './silent-observer.ts'

/** A chain with the test contracts, on which blocks are mined when told to only. */
export type TestChain = AsyncDisposable & {
  url: string
  anvil: Anvil
  client: AnvilClient
  contracts: TestContracts
}

/** The tags: `safe` is one block below the head, `finalized` two. */
export async function testChain(): Promise<TestChain> {
  const anvil = await startAnvil({ arguments: ['--no-mining', '--slots-in-an-epoch', '1'] })
  const client = anvilClient(anvil.url)
  const contracts = await deployTestContracts(client)
  return {
    url: anvil.url,
    anvil,
    client,
    contracts,
    [Symbol.asyncDispose]: () => anvil[Symbol.asyncDispose](),
  }
}

export type ProcessOptions = {
  url: string
  database: ScanDatabase
  contracts: TestContracts
  holder?: string
  leaseMs?: number
  chunkBlocks?: number
  config?: Partial<ChainConfig>
  balanceObserver?: BalanceObserver
  observer?: Partial<ScanObserver>
  /** By which endpoints are waited for. */
  clock?: Clock
}

/** The settings of a test chain. */
export const scanConfig = ({
  url,
  contracts,
  config,
}: Pick<ProcessOptions, 'url' | 'contracts' | 'config'>): ChainConfig => ({
  chain: CHAIN,
  rpcUrls: [url],
  confirmations: 1,
  startBlock: 0n,
  reorgDepthMax: 16,
  proof: WHOLE_PROOF,
  native: 'transactions',
  traceMethod: 'debug_traceBlockByHash',
  assets: contracts.assets,
  ...config,
})

/** What a scanner process does with one chain, wired as it is there. */
export function scanProcess(options: ProcessOptions): Promise<ChainScan> {
  const { database, holder = 'one', leaseMs = 60_000, chunkBlocks = 7 } = options
  const { balanceObserver, clock } = options
  return chainScan({
    config: scanConfig(options),
    postgres: database.postgres,
    observer: { ...silentObserver, ...options.observer },
    ...(balanceObserver ? { balanceObserver } : {}),
    ...(clock ? { clock } : {}),
    holder,
    leaseMs,
    chunkBlocks,
    chunksMax: 3,
  })
}

/**
 * Scans until there is nothing more to do. What fails is tried again, as in the process: a node
 * that failed is left alone for a while by the clock, so failures are not counted.
 */
export async function settle({ scan }: Pick<ChainScan, 'scan'>): Promise<void> {
  const rested = async () => {
    try {
      while ((await scan()) === 'busy');
      return 'at rest'
    } catch (error) {
      if (error instanceof AppError && error.retry === 'never') return error
      throw error
    }
  }
  const end = await waitFor(rested, { what: 'the scan to be at rest' })
  if (end !== 'at rest') throw end
}

/** Registers `count` new addresses, each of an owner of its own. */
export async function watchNew(database: ScanDatabase, count: number): Promise<Watched[]> {
  const watched = Array.from({ length: count }, (): Watched => {
    const random = randomBytes(20).toString('hex')
    return { address: parseAddress(`0x${random}`), owner: ownerNamed(random) }
  })
  for (const { owner, address } of watched) await database.watch(CHAIN, owner, [address])
  return watched
}

export type Watched = { address: Address; owner: string }

const ownerNamed = (hex: string) => `00000000-0000-7000-8${hex.slice(0, 3)}-${hex.slice(3, 15)}`

/** What the plainest reading of the chain finds, in the form that {@link storedFacts} has. */
export async function chainFacts(
  { url, contracts }: Pick<TestChain, 'url' | 'contracts'>,
  watched: readonly Watched[],
  range: { fromBlock?: bigint; toBlock?: bigint; internal?: boolean } = {},
): Promise<string[]> {
  const owners = new Map<string, string>(watched.map(({ address, owner }) => [address, owner]))
  const { deposits } = await readDeposits({
    rpcUrl: url,
    addresses: new Set(owners.keys()),
    assets: contracts.assets,
    ...range,
  })
  return deposits
    .map(({ txHash, position, to, asset, amount }) =>
      [`${CHAIN}:${txHash}:${position}`, owners.get(to), asset, amount].join(' '),
    )
    .sort()
}

/** The deposits that are stored with one of `statuses`: identity, owner, asset and amount. */
export async function storedFacts(
  database: ScanDatabase,
  ...statuses: readonly string[]
): Promise<string[]> {
  const deposits = await database.deposits()
  return deposits
    .filter(({ status }) => statuses.includes(status))
    .map(({ id, owner, asset, amount }) => [id, owner, asset, amount].join(' '))
    .sort()
}
