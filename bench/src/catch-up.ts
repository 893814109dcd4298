import { startStack } from '@coffer/devstack/start-stack'
import { type ProofSteps, WHOLE_PROOF } from '@coffer/evm/block-proof'
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

const NO_PROOF: ProofSteps = {
  ...{ headerHash: false, receiptsRoot: false, logsBloom: false, withdrawalsRoot: false },
}

/** The least that tells every deposit and proves it, of each block by its number. */
const CALLS = [
  { method: 'eth_getBlockByNumber', params: [false] },
  { method: 'eth_getBlockReceipts' },
  { method: 'trace_block' },
]

/**
 * Scans blocks that exist already into PostgreSQL, coin in calls, proofs, outbox rows and all, and
 * compares with the floor: merely reading the same answers from the same node, unparsed, as fast as
 * that goes. Scans once more without proofs, to tell what they cost.
 */
export async function catchUp({ count: blocks = 2_000 }: { count?: number }) {
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
    native: 'traces',
    traceMethod: 'trace_block',
    assets,
  }
  const expected = { blocks, deposits: filled.watchedTransfers }
  const pids = { postgres: stack.part('postgres').pid, node: stack.part('anvil').pid }
  const floor = readFloor(rpcUrl, { from, to: from + blocks - 1 }, CALLS)
  const scan = (proof: ProofSteps) =>
    measured(pids, () => timeScan(postgres, { ...config, proof }, expected))
  const floors: number[] = []
  const proven: Measured[] = []
  const unproven: Measured[] = []
  // What catches up for hours runs code that is compiled by then.
  await scan(WHOLE_PROOF)
  // In turns, for the machine's speed drifts.
  for (let round = 0; round < ROUNDS; round += 1) {
    floors.push(await floor())
    proven.push(await scan(WHOLE_PROOF))
    unproven.push(await scan(NO_PROOF))
    const rates = [floors, proven.map(secondsOf), unproven.map(secondsOf)].map((seconds) =>
      rate(blocks, seconds.at(-1)),
    )
    tell(`round ${round + 1}: floor ${rates[0]}, scan ${rates[1]}, without proofs ${rates[2]}`)
  }
  const [seconds, floorSeconds] = [median(proven.map(secondsOf)), median(floors)]
  const transfers = blocks * (TOKEN_TRANSFERS + NATIVE_TRANSFERS)
  return {
    parameters: { blocks, tokens: TOKEN_TRANSFERS, native: NATIVE_TRANSFERS, watched: WATCHED },
    blocksPerSecond: Math.round(blocks / seconds),
    transfersPerSecond: Math.round(transfers / seconds),
    floorTransfersPerSecond: Math.round(transfers / floorSeconds),
    ratio: hundredths(floorSeconds / seconds),
    /** The part of a scan's time that proofs take. */
    verificationShare: hundredths(1 - median(unproven.map(secondsOf)) / seconds),
    cpuMsPerBlock: cpuPerBlock(proven, blocks),
    unprovenCpuMsPerBlock: cpuPerBlock(unproven, blocks),
  }
}
