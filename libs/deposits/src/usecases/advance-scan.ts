import { crashPoint } from '@coffer/runtime/crash-point'
import type { StepResult } from '@coffer/runtime/poll'
import type { Block, BlockRef } from '../domain/block.ts'
import { type Finality, isMoreFinal } from '../domain/finality.ts'
import { countRejections } from '../domain/rejection.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { Advance, Head, ScanObserver, ScanState, ScanStore } from '../ports.ts'
import type { AgreeOnFinal } from './agree-on-final.ts'

export type AdvanceScanPorts = {
  store: Pick<ScanStore, 'advance'>
  agreeOnFinal: AgreeOnFinal
  observer: Pick<ScanObserver, 'advanced'>
  /** Whether the calls in what is scanned are read later. */
  owesTraces?: boolean
}

/** What was read on top of the checkpoint. */
type Found = Pick<Advance, 'blocks' | 'transfers' | 'head'>

type Read = Pick<Advance, 'head'> & {
  blocks: readonly Block[]
  scanned: BlockRef
  findTransfers: () => Promise<FoundTransfer[]>
}

/** `contradicted` is that a quorum has another block where something is to be final. */
type StepOutcome = StepResult | 'contradicted'

/** How a scan goes on: what was scanned is stored, and what is deep enough by then is final. */
export function advanceScan(ports: AdvanceScanPorts) {
  const { store, agreeOnFinal, observer, owesTraces = false } = ports
  /** What was made final last. After a restart it is told once more, which changes nothing. */
  let settled: Finality = { final: -1n, tiers: {} }

  const advance = async (
    parent: BlockRef | null,
    found: Found & { scanned: BlockRef; finality: Finality },
  ): Promise<StepResult> => {
    const { scanned, finality, ...rest } = found
    crashPoint('scanner.before-commit')
    const stored = await store.advance({ parent, ...rest, ...finality, owesTraces })
    crashPoint('scanner.after-commit')
    settled = finality
    const { blocks, transfers } = rest
    const rejected = countRejections(transfers)
    observer.advanced(scanned, { blocks: blocks.length, ...stored, rejected })
    return 'busy'
  }

  return {
    /**
     * Stores blocks, the last of which is `scanned`, and what is found in them. Stored blocks hold
     * no more memory, but for their headers. Nothing is stored, and the answer is `contradicted`,
     * when a quorum has other blocks.
     */
    async store(state: ScanState, { findTransfers, ...read }: Read): Promise<StepOutcome> {
      const [transfers, finality] = await Promise.all([findTransfers(), agreeOnFinal(state, read)])
      if (finality === undefined) return 'contradicted'
      const outcome = await advance(state.checkpoint, { ...read, transfers, finality })
      for (const block of read.blocks) block.release?.()
      return outcome
    },

    /** Makes final what has become so without a new block, if anything has. */
    async settle(state: ScanState, head: Head): Promise<StepOutcome> {
      const { checkpoint, final } = state
      if (checkpoint === null) return 'idle'
      const finality = await agreeOnFinal(state, { scanned: checkpoint, blocks: [], head })
      if (finality === undefined) return 'contradicted'
      if (!isMoreFinal(finality, { ...settled, final: final ?? -1n })) return 'idle'
      const nothing = { blocks: [], transfers: [] }
      return await advance(checkpoint, { ...nothing, head, scanned: checkpoint, finality })
    },
  }
}
