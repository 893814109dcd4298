import { crashPoint } from '@coffer/runtime/crash-point'
import type { StepResult } from '@coffer/runtime/poll'
import { type Block, linkedLength, standsOn } from '../domain/block.ts'
import type { FoundTransfer } from '../domain/transfer.ts'
import type { ChainReader, Head, ScanObserver, ScanState, ScanStore } from '../ports.ts'
import { advanceScan } from './advance-scan.ts'
import type { AgreeOnFinal } from './agree-on-final.ts'
import type { Prefetch } from './prefetch-blocks.ts'
import { type RestOptions, restAtTip } from './rest-at-tip.ts'

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
  /** How long the store is left alone at an unchanged head; left out, it never is. */
  rest?: RestOptions
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
  const resting = restAtTip(ports.rest)
  let head: Head | undefined

  return async (): Promise<StepResult> => {
    const polled = resting.isOver() ? undefined : await poll()
    if (polled && resting.isAt(polled)) return 'idle'
    resting.end()
    const state = await openReading(ports, polled)
    if (state === undefined || isLatched(state)) return 'idle'
    head = polled ?? head
    try {
      return await scanFrom(state)
    } catch (error) {
      // What failed may be that the node has another head by now.
      head = undefined
      throw error
    }
  }

  async function poll(): Promise<Head> {
    const polled = await reader.head()
    observer.polled(polled)
    return polled
  }

  async function scanFrom(state: ScanState): Promise<StepResult> {
    const next = state.checkpoint ? state.checkpoint.number + 1n : state.start
    head = head === undefined || head.number < next ? await poll() : head
    if (head.number < next) {
      await store.noteHead(head)
      return settleAtTip(state, head)
    }

    const [read] = await Promise.all([prefetch.next(next, head.number), store.noteHead(head)])
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
    const ours = await storedAt(store, state, tip.number)
    // A lower head alone is a node that lags. Only another hash at the same height is a reorg.
    if (ours && ours.hash !== tip.hash) return followReorg(state)
    const outcome = await advance.settle(state, tip)
    if (outcome === 'contradicted') return followReorg(state)
    if (outcome === 'idle') resting.begin(tip)
    return outcome
  }

  async function followReorg(state: ScanState): Promise<StepResult> {
    head = undefined
    prefetch.reset()
    await rollBackReorg(state)
    return 'busy'
  }
}

/**
 * Asks the store where the scan stands, and reads meanwhile what is new at the tip. That is
 * forgotten where nothing can be scanned: by when it can, the blocks may be others.
 */
async function openReading(
  { store, prefetch }: Pick<ScanPorts, 'store' | 'prefetch'>,
  polled: Head | undefined,
): Promise<ScanState | undefined> {
  if (polled) prefetch.expect(polled.number)
  let goesOn = false
  try {
    const state = await store.open()
    goesOn = state?.latched === null
    return state
  } finally {
    if (!goesOn) prefetch.reset()
  }
}

/** What is stored at a height; the checkpoint is known without a look. */
async function storedAt(store: ScanStore, { checkpoint }: ScanState, height: bigint) {
  if (checkpoint?.number === height) return checkpoint
  const [stored] = await store.storedBlocks(height, height)
  return stored
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
