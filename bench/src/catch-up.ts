import { setTimeout as pause } from 'node:timers/promises'
import { MIGRATIONS } from '@coffer/cli/start-coffer'
import { chainScan } from '@coffer/deposits/chain-scan'
import { startStack } from '@coffer/devstack/start-stack'
import { WHOLE_PROOF } from '@coffer/evm/block-proof'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { migrate } from '@coffer/postgres/migrate'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { deployTestContracts } from '@coffer/simulator/deploy-test-contracts'
import { fillChain } from '@coffer/simulator/fill-chain'
import { sql } from 'drizzle-orm'
import { readFloor } from './read-floor.ts'
import { tell } from './tell.ts'
import { watchAddresses } from './watch-addresses.ts'

const TOKEN_TRANSFERS = 50
const NATIVE_TRANSFERS = 5
const WATCHED = 10_000
const WATCHED_SHARE = 0.1

/**
 * Scans blocks that exist already into PostgreSQL, deposits, outbox rows and all, and compares
 * with the floor: merely reading the same answers from the same node, as fast as that goes.
 */
export async function catchUp({ count: blocks = 1_000 }: { count?: number }) {
  await using stack = await startStack({
    parts: ['postgres', 'anvil'],
    anvilArguments: ['--no-mining', '--quiet'],
  })
  const { DATABASE_URL, RPC_URLS: rpcUrl } = stack.urls
  await using postgres = openPostgres(DATABASE_URL, { applicationName: 'bench' })
  await migrate(postgres, MIGRATIONS)
  const client = anvilClient(rpcUrl)
  await client.setAutomine(true)
  const { assets } = await deployTestContracts(client)
  const [{ chain }] = assets
  const watched = await watchAddresses(postgres, chain, WATCHED)
  await client.setAutomine(false)
  const filled = await fillChain({
    rpcUrl,
    blocks,
    tokenTransfersPerBlock: TOKEN_TRANSFERS,
    nativeTransfersPerBlock: NATIVE_TRANSFERS,
    watched,
    watchedShare: WATCHED_SHARE,
    seed: 1,
  })
  tell(`chain of ${blocks} blocks, ${filled.watchedTransfers} transfers to watched addresses`)

  const from = Number(filled.fromBlock)
  const config: ChainConfig = {
    chain,
    rpcUrls: [rpcUrl],
    confirmations: 1,
    startBlock: filled.fromBlock,
    reorgDepthMax: 64,
    proof: WHOLE_PROOF,
    native: 'transactions',
    traceMethod: 'debug_traceBlockByHash',
    assets,
  }
  const floors: number[] = []
  const scans: number[] = []
  // In turns, for the machine's speed drifts.
  for (let round = 0; round < 3; round += 1) {
    floors.push(await readFloor(rpcUrl, { from, to: from + blocks - 1 }))
    scans.push(await timeScan(postgres, config, { blocks, deposits: filled.watchedTransfers }))
    tell(
      `round ${round + 1}: floor ${rate(blocks, floors.at(-1))}, ` +
        `scan ${rate(blocks, scans.at(-1))}`,
    )
  }
  const [floor, scan] = [median(floors), median(scans)]
  const transfers = blocks * (TOKEN_TRANSFERS + NATIVE_TRANSFERS)
  return {
    parameters: { blocks, tokens: TOKEN_TRANSFERS, native: NATIVE_TRANSFERS, watched: WATCHED },
    blocksPerSecond: Math.round(blocks / scan),
    transfersPerSecond: Math.round(transfers / scan),
    floorTransfersPerSecond: Math.round(transfers / floor),
    ratio: Math.round((floor / scan) * 100) / 100,
  }
}

/**
 * Seconds from the first block to the last, everything committed. Checks that nothing is missing.
 */
async function timeScan(
  postgres: Postgres,
  config: ChainConfig,
  expected: { blocks: number; deposits: number },
): Promise<number> {
  await postgres.execute(sql`
    truncate deposits.chains, deposits.blocks, deposits.deposits, messaging.outbox`)
  let blocks = 0
  await using scan = await chainScan({
    config,
    postgres,
    observer: {
      ...silentObserver,
      advanced(_, facts) {
        blocks += facts.blocks
      },
    },
    holder: 'bench',
    leaseMs: 10_000,
    chunkBlocks: 50,
    chunksMax: 4,
  })
  const beginning = performance.now()
  while (blocks < expected.blocks) if ((await scan.scan()) === 'idle') await pause(1)
  const seconds = (performance.now() - beginning) / 1_000
  const [row] = await postgres.execute<{ deposits: number; events: number }>(sql`
    select (select count(*)::int from deposits.deposits) as deposits,
      (select count(*)::int from messaging.outbox) as events`)
  if (row?.deposits !== expected.deposits || row.events !== expected.deposits) {
    throw new Error(
      `Expected ${expected.deposits} deposits and events, got ${JSON.stringify(row)}.`,
    )
  }
  return seconds
}

const silentObserver = {
  polled: () => undefined,
  advanced: () => undefined,
  rolledBack: () => undefined,
  latched: () => undefined,
  rescanned: () => undefined,
  rescanFailed: () => undefined,
  traced: () => undefined,
}

const rate = (blocks: number, seconds = 1) => `${Math.round(blocks / seconds)} blocks/s`

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
