import { describeError } from '@coffer/errors/app-error'
import { adaptiveRange } from '@coffer/evm/adaptive-range'
import type { StepResult } from '@coffer/runtime/poll'
import type { Block, BlockHeader } from '../domain/block.ts'
import { countRejections } from '../domain/rejection.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { Gap } from '../gap-ports.ts'
import type { ChainReader, ScanObserver, ScanState, ScanStore } from '../ports.ts'

export type TraceLaterPorts = {
  /** Reads blocks with the calls of their transactions. */
  reader: Pick<ChainReader, 'blocks'>
  store: Pick<ScanStore, 'open' | 'nextGap' | 'failGap' | 'applyTraces'>
  /** Finds the native coin in blocks, and nothing else. */
  findCoin: (blocks: readonly Block[]) => Promise<FoundTransfer[]>
  observer: Pick<ScanObserver, 'traced'>
  /** Blocks read at once, at most. */
  blocksMax: number
}

/** Blocks that are read at once to begin with. */
const BLOCKS_FIRST = 4

/** How often a block is tried before those above it get their turn. */
const ATTEMPTS_BEFORE_OTHERS = 3

/**
 * One step of the lane that reads calls behind the scan: reads the oldest blocks whose calls are
 * owed and stores the coin that moved in them. More blocks at a time while the node answers, fewer
 * when it doesn't. A block of which it never does stays owed, and holds up no other.
 */
export function traceLater({ reader, store, findCoin, observer, blocksMax }: TraceLaterPorts) {
  const range = adaptiveRange({ first: BLOCKS_FIRST, max: blocksMax, growAfter: 4 })
  let last: BlockHeader | undefined

  return async (): Promise<StepResult> => {
    const state = await store.open()
    if (state === undefined || state.latched !== null) return 'idle'
    const gap = await store.nextGap('traces')
    observer.traced({ blocks: lagOf(state, gap), last })
    if (gap === undefined) return 'idle'

    const { blocks, transfers } = await read(gap)
    const stored = await store.applyTraces({ blocks, transfers })
    last = blocks.at(-1)
    const rejected = countRejections(transfers)
    const behind = lagOf(state, { fromBlock: (last?.number ?? gap.fromBlock) + 1n })
    observer.traced({ blocks: behind, last }, { blocks: blocks.length, ...stored, rejected })
    return 'busy'
  }

  async function read(gap: Gap) {
    const from = firstOf(gap)
    const rest = gap.toBlock - from + 1n
    const size = rest < BigInt(range.size()) ? Number(rest) : range.size()
    try {
      const blocks = await reader.blocks(from, from + BigInt(size) - 1n)
      const transfers = await findCoin(blocks)
      range.answered(size)
      return { blocks, transfers }
    } catch (error) {
      // Of several blocks one may be at fault: only alone is it told from the others. That a block
      // fails alone says nothing of how many may be asked for.
      if (size > 1) range.refused(size)
      else await store.failGap(gap.id, describeError(error))
      throw error
    }
  }
}

/** A block that fails again and again is left behind, and what is owed falls in two there. */
const firstOf = ({ fromBlock, toBlock, attempts }: Gap): bigint =>
  attempts >= ATTEMPTS_BEFORE_OTHERS && fromBlock < toBlock ? fromBlock + 1n : fromBlock

function lagOf({ checkpoint }: ScanState, gap: Pick<Gap, 'fromBlock'> | undefined): bigint {
  if (gap === undefined || checkpoint === null) return 0n
  const blocks = checkpoint.number - gap.fromBlock + 1n
  return blocks > 0n ? blocks : 0n
}
