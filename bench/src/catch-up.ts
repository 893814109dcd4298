import type { ProofSteps } from '@coffer/evm/block-proof'
import { cpuPerBlock, hundredths, median, secondsOf } from './measured.ts'
import { timeCatchingUp } from './time-catching-up.ts'

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
  const native = 'traces'
  const { figures, seconds, others } = await timeCatchingUp({
    blocks,
    floorCalls: CALLS,
    scanned: 'everything',
    profile: { native },
    other: { profile: { native, proof: NO_PROOF }, name: 'without proofs' },
  })
  return {
    ...figures,
    /** The part of a scan's time that proofs take. */
    verificationShare: hundredths(1 - median(others.map(secondsOf)) / seconds),
    unprovenCpuMsPerBlock: cpuPerBlock(others, blocks),
  }
}
