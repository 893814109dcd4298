import { AppError } from '@coffer/errors/app-error'
import type { Gap, GapReader } from '../gap-ports.ts'
import type { RescanRange, RescanView } from '../read-ports.ts'
import { RESCAN_BLOCKS_MAX } from './request-rescan.ts'

export type RescanGapPorts = {
  gaps: Pick<GapReader, 'find'>
  requestRescan: (range: RescanRange) => Promise<RescanView>
}

/**
 * Asks for the blocks of a gap to be read again, as many from its first as one rescan may have;
 * what is read is taken out of the gap. Answers `undefined` when there is no such gap. Throws
 * {@link GapClosedError} or {@link GapNotRescannableError}.
 */
export function rescanGap({ gaps, requestRescan }: RescanGapPorts) {
  return async (id: bigint): Promise<RescanView | undefined> => {
    const gap = await gaps.find(id)
    if (gap === undefined) return undefined
    if (gap.closedAt !== null) throw new GapClosedError(gap)
    // Only who reads the calls fills it, and a rescan need not.
    if (gap.kind === 'traces') throw new GapNotRescannableError(gap)
    const { chain, fromBlock, toBlock } = gap
    const last = fromBlock + RESCAN_BLOCKS_MAX - 1n
    return await requestRescan({
      ...{ chain, fromBlock, gap: id },
      toBlock: toBlock < last ? toBlock : last,
    })
  }
}

/** Nothing is owed any more. */
export class GapClosedError extends AppError {
  readonly code = 'GAP_CLOSED'

  constructor({ id, closedBy }: Gap) {
    const how = closedBy === 'reorg' ? 'a reorg took its blocks away' : 'its blocks were read again'
    super(`Gap ${id} is closed: ${how}. There is nothing to rescan.`, {
      retry: 'never',
      details: { id },
    })
  }
}

/** The scanner itself works on it, again and again. */
export class GapNotRescannableError extends AppError {
  readonly code = 'GAP_NOT_RESCANNABLE'

  constructor({ id, attempts, lastError }: Gap) {
    const failed = attempts > 0 ? ` It has failed ${attempts} times so far: ${lastError}` : ''
    super(
      `Gap ${id} is of calls that the scanner still has to read, which it does by itself; a ` +
        `rescan would not fill it.${failed}`,
      { retry: 'never', details: { id } },
    )
  }
}
