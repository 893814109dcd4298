import type { StepResult } from '@coffer/runtime/poll'
import type { Block } from '../domain/block.ts'
import { TransactionTypeError } from '../domain/transaction-type.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { ChainReader, Rescan, ScanObserver, ScanStore } from '../ports.ts'

export type RescanPorts = {
  reader: Pick<ChainReader, 'blocks'>
  store: Pick<ScanStore, 'open' | 'nextRescan' | 'applyRescan' | 'failRescan'>
  findDeposits: (blocks: readonly Block[]) => Promise<FoundTransfer[]>
  observer: ScanObserver
  /** Blocks read at once. */
  chunkBlocks: number
}

/**
 * One step of the oldest rescan: reads a chunk of blocks again, stores deposits that were missed,
 * and publishes the final ones again. Consumers know them by their ids and book nothing twice. One
 * that comes upon a type of transaction that is not known is given up, for it would never get
 * further; those behind it are not held up.
 */
export function runRescan({ reader, store, findDeposits, observer, chunkBlocks }: RescanPorts) {
  return async (): Promise<StepResult> => {
    const state = await store.open()
    if (state === undefined || state.latched !== null) return 'idle'
    const rescan = await store.nextRescan()
    if (rescan === undefined) return 'idle'

    try {
      await readPiece(rescan)
    } catch (error) {
      if (!(error instanceof TransactionTypeError)) throw error
      await store.failRescan(rescan.id, error.message)
      observer.rescanFailed(rescan.id, error.message)
    }
    return 'busy'
  }

  async function readPiece(rescan: Rescan): Promise<void> {
    const last = rescan.next + BigInt(chunkBlocks) - 1n
    const blocks = await reader.blocks(rescan.next, last < rescan.to ? last : rescan.to)
    const transfers = await findDeposits(blocks)
    const result = await store.applyRescan({ id: rescan.id, blocks, transfers })
    observer.rescanned(rescan.id, result)
  }
}
