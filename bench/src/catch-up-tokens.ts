import { cpuPerBlock, median, secondsOf } from './measured.ts'
import { timeCatchingUp } from './time-catching-up.ts'

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
  const native = 'none'
  const { figures, transfers, others } = await timeCatchingUp({
    blocks,
    floorCalls: CALLS,
    scanned: 'tokens',
    profile: { native, byLogs: { proveDeposits: false } },
    other: { profile: { native, byLogs: { proveDeposits: true } }, name: 'deposits proven' },
  })
  return {
    ...figures,
    /** The same where blocks are read by receipts in which something was found. */
    provenTransfersPerSecond: Math.round(transfers / median(others.map(secondsOf))),
    provenCpuMsPerBlock: cpuPerBlock(others, blocks),
  }
}
