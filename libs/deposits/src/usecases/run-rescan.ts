import type { StepResult } from '@coffer/runtime/poll'
import type { Block } from '../domain/block.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { ChainReader, ScanObserver, ScanStore } from '../ports.ts'

export type RescanPorts = {
  reader: Pick<ChainReader, 'blocks'>
  store: Pick<ScanStore, 'open' | 'nextRescan' | 'applyRescan'>
  findDeposits: (blocks: readonly Block[]) => Promise<FoundTransfer[]>
  observer: ScanObserver
  /** Blocks read at once. */
  chunkBlocks: number
}

/**
 * One step of the oldest rescan: reads a chunk of blocks again, stores deposits that were missed,
 * and publishes the final ones again. Consumers know them by their ids and book nothing twice.
 */
export function runRescan({ reader, store, findDeposits, observer, chunkBlocks }: RescanPorts) {
  return async (): Promise<StepResult> => {
    const state = await store.open()
    if (state === undefined || state.latched !== null) return 'idle'
    const rescan = await store.nextRescan()
    if (rescan === undefined) return 'idle'

    const last = rescan.next + BigInt(chunkBlocks) - 1n
    const blocks = await reader.blocks(rescan.next, last < rescan.to ? last : rescan.to)
    const transfers = await findDeposits(blocks)
    const result = await store.applyRescan({ id: rescan.id, blocks, transfers })
    observer.rescanned(rescan.id, result)
    return 'busy'
  }
}
