import { crashPoint } from '@coffer/runtime/crash-point'
import type { StepResult } from '@coffer/runtime/poll'
import type { BlockRef } from '../domain/block.ts'
import { type Finality, type FinalityPolicy, finalityAt, isMoreFinal } from '../domain/finality.ts'
import { countRejections } from '../domain/rejection.ts'
import type { Advance, Head, ScanObserver, ScanState, ScanStore } from '../ports.ts'

export type AdvanceScanPorts = {
  store: Pick<ScanStore, 'advance'>
  policy: FinalityPolicy
  observer: Pick<ScanObserver, 'advanced'>
  /** Whether the calls in what is scanned are read later. */
  owesTraces?: boolean
}

/** What was read on top of the checkpoint. */
type Found = Pick<Advance, 'blocks' | 'transfers' | 'head'>

/** How a scan goes on: what was scanned is stored, and what is deep enough by then is final. */
export function advanceScan(ports: AdvanceScanPorts) {
  const { store, policy, observer, owesTraces = false } = ports
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
    /** Stores blocks, the last of which is `scanned`, and what was found in them. */
    async store({ checkpoint }: ScanState, found: Found & { scanned: BlockRef }) {
      const { scanned, head } = found
      const finality = finalityAt(policy, { scanned: scanned.number, tagged: head.tagged })
      return await advance(checkpoint, { ...found, finality })
    },

    /** Makes final what has become so without a new block, if anything has. */
    async settle({ checkpoint, final }: ScanState, head: Head): Promise<StepResult> {
      if (checkpoint === null) return 'idle'
      const finality = finalityAt(policy, { scanned: checkpoint.number, tagged: head.tagged })
      if (!isMoreFinal(finality, { ...settled, final: final ?? -1n })) return 'idle'
      const nothing = { blocks: [], transfers: [] }
      return await advance(checkpoint, { ...nothing, head, scanned: checkpoint, finality })
    },
  }
}
