import { AppError } from '@coffer/errors/app-error'
import type { BlockRef } from '../domain/block.ts'
import type { ChainReader, ScanObserver, ScanState, ScanStore } from '../ports.ts'

export type RollBackPorts = {
  reader: Pick<ChainReader, 'headerAt'>
  store: Pick<ScanStore, 'storedBlocks' | 'rollBack' | 'latch'>
  observer: ScanObserver
  /** Blocks a reorg may undo; a deeper one latches the chain. */
  reorgDepthMax: number
}

/** Stored blocks compared with the node's at a time. */
const STRIDE = 16n

/**
 * Takes back the blocks that left the chain, down to the last one that both the store and the node
 * have. When that lies deeper than the policy allows, nothing is undone and the chain is latched.
 */
export function rollBackReorg({ reader, store, observer, reorgDepthMax }: RollBackPorts) {
  return async ({ checkpoint, start }: ScanState): Promise<void> => {
    if (checkpoint === null) return
    const reach = checkpoint.number - BigInt(reorgDepthMax)
    const lowest = reach > start ? reach : start
    const ancestor = await commonAncestor(checkpoint.number, lowest)
    if (ancestor?.number === checkpoint.number) throw new ChainInconsistentError(checkpoint)
    // No reorg replaces a genesis block: the node follows another chain.
    if (ancestor === undefined && (reach >= start || start === 0n)) {
      const reason =
        `The node's chain differs from the stored one from block ${lowest} on, and a reorg may ` +
        `undo ${reorgDepthMax} blocks below ${checkpoint.number} at most.`
      await store.latch(reason)
      observer.latched(reason)
      return
    }
    const taken = await store.rollBack({ from: checkpoint, to: ancestor ?? null })
    observer.rolledBack(ancestor ?? null, taken)
  }

  async function commonAncestor(from: bigint, lowest: bigint): Promise<BlockRef | undefined> {
    for (let top = from; top >= lowest; top -= STRIDE) {
      const bottom = top - STRIDE + 1n > lowest ? top - STRIDE + 1n : lowest
      const stored = await store.storedBlocks(bottom, top)
      const headers = await Promise.all(stored.map((block) => reader.headerAt(block.number)))
      const match = stored.find((block, index) => headers[index]?.hash === block.hash)
      if (match) return match
    }
    return undefined
  }
}

/** The node's next block doesn't stand on its own block below. Ask again: it may be in a reorg. */
export class ChainInconsistentError extends AppError {
  readonly code = 'SCAN_CHAIN_INCONSISTENT'

  constructor({ number, hash }: BlockRef) {
    super(
      `The node has block ${number} (${hash}) as we do, but the block it gives for ` +
        `${number + 1n} does not stand on it.`,
      { retry: 'retry', details: { number, hash } },
    )
  }
}
