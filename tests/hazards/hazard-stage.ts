import type { ChainScan } from '@coffer/deposits/chain-scan'
import {
  type ProcessOptions,
  scanProcess,
  settle,
  type TestChain,
  testChain,
  type Watched,
  watchNew,
} from '@coffer/deposits/testing/anvil-scan'
import { type ScanDatabase, scanDatabase } from '@coffer/deposits/testing/scan-database'
import { WALLET_EVENTS } from '@coffer/events/topics'
import { bookDeposits } from '@coffer/ledger/book-deposits'
import { accountsHandler } from '@coffer/ledger/events'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { postgresUnitOfWork } from '@coffer/ledger/unit-of-work'
import type { Delivery } from '@coffer/messaging/ports'
import type { Asset } from '@coffer/money/asset'
import { type ChainDeposit, readDeposits } from '@coffer/simulator/chain-oracle'
import { deployHostileContracts } from '@coffer/simulator/deploy-hostile-contracts'
import { silentLogger } from '@coffer/telemetry/logger'
import { type RpcProxy, startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { sql } from 'drizzle-orm'
import { blockViolations } from '../e2e/block-invariants.ts'
import { depositViolations } from '../e2e/deposit-invariants.ts'
import { ledgerViolations, type Violation } from '../e2e/invariants.ts'
import { replayViolations, unsentLog } from '../e2e/replay-violations.ts'
import { type StoredAmounts, storedAmounts } from './stored-amounts.ts'

/**
 * What the hazards of one file are tried on: a chain with good and hostile contracts, a node that
 * lies when told to, a scanner as its process has it, and a ledger that books what it publishes.
 */
export type HazardStage = AsyncDisposable &
  StoredAmounts & {
    chain: TestChain
    database: ScanDatabase
    /** In front of the chain's node; the scanner goes through it. */
    proxy: RpcProxy
    /** Tokens that keep a part of what is sent, as an operator accepts them. */
    feeTokens: readonly Asset[]
    /**
     * Empties the database and heals the node. What comes from now on is scanned, for `count` new
     * owners.
     */
    begin(count: number): Promise<Watched[]>
    /** The first block that the scan of this test reads. */
    startBlock(): bigint
    scanner(options?: Partial<ProcessOptions>): Promise<ChainScan>
    /** What is on the chain since the test began, by the plainest reading there is. */
    onChain(assets?: readonly Asset[]): Promise<ChainDeposit[]>
    /** Scans until all is done, then books everything that was ever published, twice. */
    settle(process: Pick<ChainScan, 'scan'>): Promise<void>
    /** Invariants that don't hold: `credited` alone must be, by default what is on the chain. */
    violations(credited?: readonly ChainDeposit[], assets?: readonly Asset[]): Promise<Violation[]>
  }

export async function hazardStage(): Promise<HazardStage> {
  await using starting = new AsyncDisposableStack()
  const chain = starting.use(await testChain())
  const database = starting.use(await scanDatabase(ledgerMigrations))
  const proxy = starting.use(await startRpcProxy({ upstream: chain.url }))
  const feeTokens = (await deployHostileContracts(chain.client)).map((asset) => {
    return { ...asset, feeOnTransfer: true }
  })
  const { postgres } = database
  let watched: Watched[] = []
  let start = 0n

  const onChain = async (assets: readonly Asset[] = chain.contracts.assets) => {
    const addresses = new Set<string>(watched.map(({ address }) => address))
    const range = { fromBlock: start, internal: true }
    return (await readDeposits({ rpcUrl: chain.url, addresses, assets, ...range })).deposits
  }
  const resources = starting.move()
  return {
    ...{ chain, database, proxy, feeTokens, onChain },
    ...storedAmounts(database),
    startBlock: () => start,
    async begin(count) {
      proxy.heal()
      await emptied(database)
      await chain.client.mine()
      start = (await chain.client.head()).number
      watched = await watchNew(database, count)
      return watched
    },
    scanner: ({ config, ...options } = {}) =>
      scanProcess({
        ...{ url: proxy.url, database, contracts: chain.contracts },
        ...options,
        config: { startBlock: start, native: 'traces', ...config },
      }),
    async settle(process) {
      await settle(process)
      for (let time = 0; time < 2; time += 1) await book(database)
    },
    async violations(credited, assets = chain.contracts.assets) {
      const inputs = { postgres, rpcUrl: chain.url, chain: chain.contracts.assets[0].chain, assets }
      const owners = new Map<string, string>(watched.map(({ address, owner }) => [address, owner]))
      const deposits = credited ?? (await onChain(assets))
      return [
        ...(await ledgerViolations(postgres)),
        ...(await replayViolations(postgres, await unsentLog(postgres))),
        ...(await depositViolations({ ...inputs, owners, deposits })),
        ...(await blockViolations(inputs)),
      ]
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** Delivers every event of the outbox to the account service, in the order of their commits. */
async function book({ postgres }: ScanDatabase): Promise<void> {
  const rows = await postgres.execute<Omit<Delivery, 'partition'>>(sql`
    select topic, key, headers, value, id::text as offset from messaging.outbox
    where topic = ${WALLET_EVENTS} order by transaction_id, messaging.outbox.id`)
  const unitOfWork = postgresUnitOfWork({ postgres })
  const handle = accountsHandler({
    bookDeposits: bookDeposits({ unitOfWork }),
    logger: silentLogger,
  })
  await handle(rows.map((row) => ({ ...row, partition: 0 })))
}

/** Empties every table, also those that refuse to be. */
async function emptied({ postgres }: ScanDatabase): Promise<void> {
  const tables = await postgres.execute<{ name: string }>(sql`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in ('deposits', 'ledger', 'messaging', 'wallets')
      and tablename not like '%migrations%' and tablename <> 'relays'`)
  const names = tables.map(({ name }) => name).join(', ')
  await postgres.execute(
    sql.raw(`set session_replication_role = replica; truncate ${names} cascade;
      set session_replication_role = origin`),
  )
}
