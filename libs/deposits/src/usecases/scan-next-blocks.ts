import { crashPoint } from '@coffer/runtime/crash-point'
import type { StepResult } from '@coffer/runtime/poll'
import { type Block, linkedLength, standsOn } from '../domain/block.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { ChainReader, Head, ScanObserver, ScanState, ScanStore } from '../ports.ts'
import { advanceScan } from './advance-scan.ts'
import type { AgreeOnFinal } from './agree-on-final.ts'
import type { Prefetch } from './prefetch-blocks.ts'

export type ScanPorts = {
  reader: ChainReader
  store: ScanStore
  prefetch: Prefetch
  findDeposits: (blocks: readonly Block[]) => Promise<FoundTransfer[]>
  rollBackReorg: (state: ScanState) => Promise<void>
  agreeOnFinal: AgreeOnFinal
  observer: ScanObserver
  /** Whether the calls in what is scanned are read later. */
  owesTraces?: boolean
}

/**
 * One step of following a chain: reads the next blocks, finds the deposits in them, and stores
 * both. While behind, a step is a chunk of blocks; at the tip it is one block. A block that
 * doesn't stand on the checkpoint means a reorg, and the step takes back what it undid.
 */
export function scanNextBlocks(ports: ScanPorts) {
  const { reader, store, prefetch, findDeposits, rollBackReorg, observer } = ports
  const advance = advanceScan(ports)
  const isLatched = latchTeller(observer)
  let head: Head | undefined

  return async (): Promise<StepResult> => {
    const state = await store.open()
    if (state === undefined || isLatched(state)) return 'idle'
    try {
      return await scanFrom(state)
    } catch (error) {
      // What failed may be that the node has another head by now.
      head = undefined
      throw error
    }
  }

  async function scanFrom(state: ScanState): Promise<StepResult> {
    const next = state.checkpoint ? state.checkpoint.number + 1n : state.start
    if (head === undefined || head.number < next) {
      head = await reader.head()
      observer.polled(head)
      await store.noteHead(head)
    }
    if (head.number < next) return settleAtTip(state, head)

    const read = await prefetch.next(next, head.number)
    const blocks = read.slice(0, linkedLength(read))
    const first = blocks[0]
    if (first === undefined || (state.checkpoint && !standsOn(first, state.checkpoint))) {
      return followReorg(state)
    }
    if (blocks.length < read.length) prefetch.reset()
    crashPoint('scanner.after-fetch')

    const findTransfers = () => findDeposits(blocks)
    const scanned = blocks.at(-1) ?? first
    const outcome = await advance.store(state, { blocks, findTransfers, head, scanned })
    return outcome === 'contradicted' ? followReorg(state) : outcome
  }

  /** Nothing new on top: yet the tip may have been replaced, or a tag may have moved. */
  async function settleAtTip(state: ScanState, tip: Head): Promise<StepResult> {
    head = undefined
    const [ours] = await store.storedBlocks(tip.number, tip.number)
    // A lower head alone is a node that lags. Only another hash at the same height is a reorg.
    if (ours && ours.hash !== tip.hash) return followReorg(state)
    const outcome = await advance.settle(state, tip)
    return outcome === 'contradicted' ? followReorg(state) : outcome
  }

  async function followReorg(state: ScanState): Promise<StepResult> {
    head = undefined
    prefetch.reset()
    await rollBackReorg(state)
    return 'busy'
  }
}

/** Whether a chain is latched; tells each new reason once. */
function latchTeller(observer: ScanObserver) {
  let told: string | null = null
  return ({ latched }: ScanState): boolean => {
    if (latched !== null && latched !== told) observer.latched(latched)
    told = latched
    return latched !== null
  }
}
