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
import { type BlockCall, readFloor } from './read-floor.ts'
import { tell } from './tell.ts'
import { timeScan } from './time-scan.ts'

const ROUNDS = 3

/** What is configured otherwise than in a scan that proves everything. */
type Profile = Pick<ChainConfig, 'native'> & Partial<Pick<ChainConfig, 'proof' | 'byLogs'>>

export type CatchingUp = {
  blocks: number
  /** What it compares with: merely reading the answers to these calls, unparsed. */
  floorCalls: readonly BlockCall[]
  scanned: 'everything' | 'tokens'
  profile: Profile
  /** The same chain scanned otherwise, and how its progress is named. */
  other: { profile: Profile; name: string }
}

/**
 * Scans blocks that exist already into PostgreSQL, in two ways, and reads them merely, in turns.
 * The figures are of the first way; `seconds` and `others` are to tell more of both.
 */
export async function timeCatchingUp(options: CatchingUp) {
  const { blocks, floorCalls, scanned, profile, other } = options
  await using stack = await startStack({
    parts: ['postgres', 'anvil'],
    anvilArguments: ['--no-mining', '--quiet'],
  })
  const { DATABASE_URL, RPC_URLS: rpcUrl } = stack.urls
  await using postgres = openPostgres(DATABASE_URL, { applicationName: 'bench' })
  const { assets, chain, filled } = await fillBenchChain({ postgres, rpcUrl, blocks })

  const from = Number(filled.fromBlock)
  const config: Omit<ChainConfig, 'native'> = {
    ...{ chain, rpcUrls: [rpcUrl], confirmations: 1, startBlock: filled.fromBlock, assets },
    ...{ reorgDepthMax: 64, proof: WHOLE_PROOF },
    traceMethod: 'trace_block',
  }
  const deposits = scanned === 'everything' ? filled.watchedTransfers : filled.watchedTokens
  const pids = { postgres: stack.part('postgres').pid, node: stack.part('anvil').pid }
  const floor = readFloor(rpcUrl, { from, to: from + blocks - 1 }, floorCalls)
  const scan = (way: Profile) =>
    measured(pids, () => timeScan(postgres, { ...config, ...way }, { blocks, deposits }))
  const floors: number[] = []
  const scans: Measured[] = []
  const others: Measured[] = []
  // What catches up for hours runs code that is compiled by then.
  await scan(profile)
  // In turns, for the machine's speed drifts.
  for (let round = 1; round <= ROUNDS; round += 1) {
    const [read, one, another] = [await floor(), await scan(profile), await scan(other.profile)]
    floors.push(read)
    scans.push(one)
    others.push(another)
    const rates = [read, one.seconds, another.seconds].map((seconds) => rate(blocks, seconds))
    tell(`round ${round}: floor ${rates[0]}, scan ${rates[1]}, ${other.name} ${rates[2]}`)
  }
  const [seconds, floorSeconds] = [median(scans.map(secondsOf)), median(floors)]
  const natives = scanned === 'everything' ? NATIVE_TRANSFERS : 0
  const transfers = blocks * (TOKEN_TRANSFERS + natives)
  return {
    seconds,
    transfers,
    others,
    figures: {
      parameters: { blocks, tokens: TOKEN_TRANSFERS, native: NATIVE_TRANSFERS, watched: WATCHED },
      blocksPerSecond: Math.round(blocks / seconds),
      transfersPerSecond: Math.round(transfers / seconds),
      floorTransfersPerSecond: Math.round(transfers / floorSeconds),
      ratio: hundredths(floorSeconds / seconds),
      cpuMsPerBlock: cpuPerBlock(scans, blocks),
    },
  }
}
