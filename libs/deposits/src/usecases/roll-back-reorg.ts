import { AppError } from '@coffer/errors/app-error'
import type { BlockHeader, BlockRef } from '../domain/block.ts'
import type { ChainReader, ScanObserver, ScanState, ScanStore } from '../ports.ts'
import type { ConfirmReorg } from './confirm-reorg.ts'

export type RollBackPorts = {
  reader: Pick<ChainReader, 'headerAt'>
  store: Pick<ScanStore, 'storedBlocks' | 'rollBack' | 'latch'>
  observer: ScanObserver
  confirmReorg: ConfirmReorg
  /** Blocks a reorg may undo; a deeper one latches the chain. */
  reorgDepthMax: number
}

/** Stored blocks compared with the node's at a time. */
const STRIDE = 16n

/**
 * Takes back the blocks that left the chain, down to the last one that both the store and the node
 * have. When that lies deeper than the policy allows, nothing is undone and the chain is latched.
 * Throws {@link ChainInconsistentError} when the node has no other block in the place of ours.
 */
export function rollBackReorg(ports: RollBackPorts) {
  const { reader, store, observer, confirmReorg, reorgDepthMax } = ports
  return async ({ checkpoint, start }: ScanState): Promise<void> => {
    if (checkpoint === null) return
    const reach = checkpoint.number - BigInt(reorgDepthMax)
    const lowest = reach > start ? reach : start
    const { ancestor, fork, ours } = await findFork(checkpoint.number, lowest)
    if (ancestor?.number === checkpoint.number) {
      throw new ChainInconsistentError(checkpoint, 'its next block does not stand on it')
    }
    // A height that the node doesn't have yet is no other block: it lags behind one that we asked.
    if (fork === undefined || ours === undefined) {
      throw new ChainInconsistentError(checkpoint, 'it has not got there')
    }
    const objection = await confirmReorg(ours.number, ours.hash)
    if (objection) throw new ChainInconsistentError(checkpoint, objection)
    // No reorg replaces a genesis block: the node follows another chain.
    if (ancestor === undefined && (reach >= start || start === 0n)) {
      await store.latch(
        `The node's chain differs from the stored one from block ${lowest} on, and a reorg may ` +
          `undo ${reorgDepthMax} blocks below ${checkpoint.number} at most.`,
      )
      return
    }
    const to = ancestor ?? null
    const taken = await store.rollBack({ from: checkpoint, to })
    observer.rolledBack(to, taken)
  }

  /** The highest stored block that the node has too, and the node's own block above it. */
  async function findFork(from: bigint, lowest: bigint): Promise<Fork> {
    let fork: BlockHeader | undefined
    let ours: BlockRef | undefined
    for (let top = from; top >= lowest; top -= STRIDE) {
      const bottom = top - STRIDE + 1n > lowest ? top - STRIDE + 1n : lowest
      const stored = await store.storedBlocks(bottom, top)
      const headers = await Promise.all(stored.map((block) => reader.headerAt(block.number)))
      for (const [index, ancestor] of stored.entries()) {
        const header = headers[index]
        if (header?.hash === ancestor.hash) return { ancestor, fork, ours }
        fork = header
        ours = ancestor
      }
    }
    return { ancestor: undefined, fork, ours }
  }
}

/** `ours` is the stored block in the place of `fork`. */
type Fork = {
  ancestor: BlockRef | undefined
  fork: BlockHeader | undefined
  ours: BlockRef | undefined
}

/** The node's answers about its chain don't fit together. Ask again: it may be in a reorg. */
export class ChainInconsistentError extends AppError {
  readonly code = 'SCAN_CHAIN_INCONSISTENT'

  constructor({ number, hash }: BlockRef, problem: string) {
    super(
      `The node's chain does not go on from our last block ${number} (${hash}), and yet it has ` +
        `no other one in its place: ${problem}.`,
      { retry: 'retry', details: { number, hash } },
    )
  }
}
