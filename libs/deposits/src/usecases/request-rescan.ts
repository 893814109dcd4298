import { AppError } from '@coffer/errors/app-error'
import { requireChain } from '@coffer/evm/require-chain'
import type { ChainId } from '@coffer/money/chain-id'
import type { ChainStatuses, RescanRange, RescanRequests, RescanView } from '../read-ports.ts'

export type RequestRescanOptions = {
  requests: RescanRequests
  statuses: Pick<ChainStatuses, 'scanPosition'>
  chains: readonly ChainId[]
}

/** Blocks of one rescan at most: a mistyped height must not occupy the scanner for days. */
export const RESCAN_BLOCKS_MAX = 1_000_000n

/**
 * Asks for a range of scanned blocks to be read again. What is found and known already changes
 * nothing, so the same range may be asked for twice. Throws {@link RescanRangeError}.
 */
export function requestRescan({ requests, statuses, chains }: RequestRescanOptions) {
  return async (range: RescanRange): Promise<RescanView> => {
    const { chain, fromBlock, toBlock } = range
    requireChain(chain, chains)
    if (fromBlock > toBlock) {
      throw new RescanRangeError(range, `fromBlock must not be above toBlock`)
    }
    if (toBlock - fromBlock >= RESCAN_BLOCKS_MAX) {
      throw new RescanRangeError(
        range,
        `it has ${toBlock - fromBlock + 1n} blocks, and a rescan has ${RESCAN_BLOCKS_MAX} at ` +
          'most; ask for several',
      )
    }
    const position = await statuses.scanPosition(chain)
    if (toBlock >= position) {
      const checkpoint = position === 0n ? 'no block is scanned yet' : `it is ${position - 1n}`
      throw new RescanRangeError(
        range,
        `toBlock must not be beyond the checkpoint of ${chain}: ${checkpoint}. What lies beyond ` +
          'is scanned anyway',
      )
    }
    return await requests.add(range)
  }
}

/** A range that can't be scanned again. */
export class RescanRangeError extends AppError {
  readonly code = 'RESCAN_RANGE'

  constructor({ chain, fromBlock, toBlock }: RescanRange, problem: string) {
    super(`Blocks ${fromBlock} to ${toBlock} can't be rescanned: ${problem}.`, {
      retry: 'never',
      details: { chain, fromBlock, toBlock },
    })
  }
}
