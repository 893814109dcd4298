import { startStack } from '@coffer/devstack/start-stack'
import { WHOLE_PROOF } from '@coffer/evm/block-proof'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { fillBenchChain, NATIVE_TRANSFERS, TOKEN_TRANSFERS, WATCHED } from './fill-bench-chain.ts'
import {
  cpuPerBlock,
  hundredths,
  type Measured,
  measured,
  median,
  rate,
  secondsOf,
} from './measured.ts'
import { readFloor } from './read-floor.ts'
import { tell } from './tell.ts'
import { timeScan } from './time-scan.ts'

const ROUNDS = 3

/** What tells every log, and whether one is missing. */
const CALLS = [
  { method: 'eth_getBlockByNumber', params: [false] },
  {
    method: 'eth_getLogs',
    ofRange: (fromBlock: string, toBlock: string) => [{ fromBlock, toBlock }],
  },
]

/**
 * Catches up with a chain of which only tokens are wanted: by headers and logs, and by receipts
 * what is in doubt. Compares with the floor, which is merely reading the same answers, and with
 * reading by its receipts whatever block something was found in: here that is nearly every one.
 */
export async function catchUpTokens({ count: blocks = 2_000 }: { count?: number }) {
  await using stack = await startStack({
    parts: ['postgres', 'anvil'],
    anvilArguments: ['--no-mining', '--quiet'],
  })
  const { DATABASE_URL, RPC_URLS: rpcUrl } = stack.urls
  await using postgres = openPostgres(DATABASE_URL, { applicationName: 'bench' })
  const { assets, chain, filled } = await fillBenchChain({ postgres, rpcUrl, blocks })

  const from = Number(filled.fromBlock)
  const config: ChainConfig = {
    chain,
    rpcUrls: [rpcUrl],
    confirmations: 1,
    startBlock: filled.fromBlock,
    reorgDepthMax: 64,
    proof: WHOLE_PROOF,
    native: 'none',
    traceMethod: 'trace_block',
    assets,
  }
  const expected = { blocks, deposits: filled.watchedTokens }
  const pids = { postgres: stack.part('postgres').pid, node: stack.part('anvil').pid }
  const floor = readFloor(rpcUrl, { from, to: from + blocks - 1 }, CALLS)
  const scan = (proveDeposits: boolean) =>
    measured(pids, () => timeScan(postgres, { ...config, byLogs: { proveDeposits } }, expected))
  const floors: number[] = []
  const trusting: Measured[] = []
  const proving: Measured[] = []
  // What catches up for hours runs code that is compiled by then.
  await scan(false)
  // In turns, for the machine's speed drifts.
  for (let round = 0; round < ROUNDS; round += 1) {
    floors.push(await floor())
    trusting.push(await scan(false))
    proving.push(await scan(true))
    const rates = [floors, trusting.map(secondsOf), proving.map(secondsOf)].map((seconds) =>
      rate(blocks, seconds.at(-1)),
    )
    tell(`round ${round + 1}: floor ${rates[0]}, scan ${rates[1]}, deposits proven ${rates[2]}`)
  }
  const [seconds, floorSeconds] = [median(trusting.map(secondsOf)), median(floors)]
  const transfers = blocks * TOKEN_TRANSFERS
  return {
    parameters: { blocks, tokens: TOKEN_TRANSFERS, native: NATIVE_TRANSFERS, watched: WATCHED },
    blocksPerSecond: Math.round(blocks / seconds),
    /** Transfers of tokens, of which those to watched addresses are stored. */
    transfersPerSecond: Math.round(transfers / seconds),
    floorTransfersPerSecond: Math.round(transfers / floorSeconds),
    ratio: hundredths(floorSeconds / seconds),
    /** The same where blocks are read by receipts in which something was found. */
    provenTransfersPerSecond: Math.round(transfers / median(proving.map(secondsOf))),
    cpuMsPerBlock: cpuPerBlock(trusting, blocks),
    provenCpuMsPerBlock: cpuPerBlock(proving, blocks),
  }
}
