import type { AssetId } from '@coffer/money/asset'
import type { StepResult } from '@coffer/runtime/poll'
import type {
  BalanceObserver,
  BalanceProofStore,
  BalanceReader,
  DueHolding,
  ProofSkip,
} from '../balance-ports.ts'
import type { BlockRef } from '../domain/block.ts'
import type { ScanState, ScanStore } from '../ports.ts'
import { judgeBalances } from './judge-balances.ts'

export type ProveBalancesPorts = {
  balances: BalanceReader
  store: Pick<ScanStore, 'open' | 'storedBlocks'> & BalanceProofStore
  /** Accepted assets: of others nothing is believed, so nothing is proven. */
  assets: readonly AssetId[]
  observer: BalanceObserver
  /** Final blocks between two proofs, at least. */
  everyBlocks: number
  /** Holdings asked for at once. */
  holdingsMax: number
  /** How many of those that were proven longest ago are proven again each time. */
  recheckMax: number
}

/** Blocks whose deposits are looked at in one step. */
const WINDOW_BLOCKS = 1_000n

/** While the scan is farther behind its node the proof waits: nodes drop old states. */
const LAG_BLOCKS_MAX = 100n

/**
 * One step of the balance proof: what holdings with new deposits have at the last final block must
 * be what they had when they were proven last, with the deposits since and less what was sent. What
 * is not is recorded as a difference, until an operator or a rescan explains it. It credits and
 * takes back nothing.
 */
export function proveBalances(ports: ProveBalancesPorts) {
  const { balances, store, assets, observer, everyBlocks, holdingsMax, recheckMax } = ports
  const judge = judgeBalances({ balances, store })

  return async (): Promise<StepResult> => {
    const state = await store.open()
    if (state === undefined || state.latched !== null || state.final === null) return 'idle'
    const { provenTo, owedFrom, lagBlocks } = await store.proofStand()
    if (lagBlocks > LAG_BLOCKS_MAX) return 'idle'
    const to = await lastProvable(state, owedFrom)
    const from = (provenTo ?? state.start - 1n) + 1n
    if (to === undefined || to.number - from + 1n < BigInt(everyBlocks)) return 'idle'
    return await prove(to, from)
  }

  /** The last final block of which no deposit is owed. */
  async function lastProvable(state: ScanState, owedFrom: bigint | null) {
    const final = state.final ?? -1n
    const height = owedFrom !== null && owedFrom <= final ? owedFrom - 1n : final
    const [block] = await store.storedBlocks(height, height)
    return block
  }

  async function prove(to: BlockRef, from: bigint): Promise<StepResult> {
    const last = from + WINDOW_BLOCKS - 1n
    const through = last < to.number ? last : to.number
    const limit = { assets, limit: holdingsMax }
    const touched = await store.touchedHoldings({ from, through }, limit)
    const isWhole = touched.length < holdingsMax
    const isAtTip = isWhole && through === to.number
    const others = isAtTip
      ? await store.oldestHoldings(to.number, { assets, limit: recheckMax })
      : []
    const known = new Set(touched.map(nameOf))
    const due = [...touched, ...others.filter((holding) => !known.has(nameOf(holding)))]
    const judged = await judge(due, to)
    if (judged === undefined) return await skip(due, { from, to })
    const { adopted, ...rest } = judged
    const skipped = adopted > 0 ? skipOf('adopted', { from, to: through }, adopted) : undefined
    const { open, explained } = await store.recordProof({
      ...{ to, ...rest },
      ...(skipped ? { skip: skipped } : {}),
      ...(isWhole ? { provenTo: through } : {}),
    })
    for (const difference of rest.differences) observer.differs(difference)
    if (skipped) observer.skipped(skipped)
    observer.proven({ to: to.number, holdings: rest.proven.length, open, explained })
    return 'busy'
  }

  /** Nothing is lost by it: the next proof reaches back to where the last one ended. */
  async function skip(
    due: readonly DueHolding[],
    { from, to }: { from: bigint; to: BlockRef },
  ): Promise<StepResult> {
    const skipped = skipOf('waiting', { from, to: to.number }, due.length)
    await store.recordProof({ to, proven: [], differences: [], skip: skipped })
    observer.skipped(skipped)
    return 'idle'
  }
}

const skipOf = (
  kind: ProofSkip['kind'],
  range: Pick<ProofSkip, 'from' | 'to'>,
  holdings: number,
): ProofSkip => ({ kind, ...range, holdings })

const nameOf = ({ asset, holder }: Pick<DueHolding, 'asset' | 'holder'>) => `${asset} ${holder}`
