import { AppError } from '@coffer/errors/app-error'
import type { BlockHash } from '@coffer/evm/hash'
import { requireChain } from '@coffer/evm/require-chain'
import type { ChainId } from '@coffer/money/chain-id'
import type { BlockRef } from '../domain/block.ts'
import type { Latches, PublishedDeposit } from '../latch-ports.ts'
import type { ChainReader, ScanState } from '../ports.ts'

export type UnlatchPorts = {
  latches: Latches
  /** What a chain's node says now. */
  nodeOf: (chain: ChainId) => Pick<ChainReader, 'head' | 'headerAt'>
  chains: readonly ChainId[]
  /** Told of each chain that an operator let go on. */
  onUnlatched: (plan: UnlatchPlan) => void
}

/** What lifting a latch does, known before it is done. */
export type UnlatchPlan = {
  chain: ChainId
  /** Why the chain was latched. */
  reason: string
  checkpoint: BlockRef | null
  final: bigint | null
  /** The newest block of the node. */
  head: BlockRef
  /** The last stored block that the node has too, which stays; `null` when there is none. */
  keeps: BlockRef | null
  /** Stored blocks that are taken back: all above that one. */
  blocks: bigint
  /** Whether blocks are taken back whose deposits were final. */
  isBelowFinal: boolean
  /** Published deposits that are reversed. */
  reversed: number
  /** The oldest of them. */
  deposits: readonly PublishedDeposit[]
}

/** Deposits that a plan names one by one. */
const NAMED_MAX = 100

export type UnlatchChain = {
  /**
   * Says what lifting the latch would do now. Throws {@link ChainNotLatchedError}, and
   * {@link UnlatchMovedError} when the node's chain changed meanwhile.
   */
  plan(chain: ChainId): Promise<UnlatchPlan>
  /**
   * Does what a plan said that keeps `keeps`: takes back what the node does not have, however
   * deep, with reversals of all that was published, and lets the scan go on. Throws
   * {@link UnlatchMovedError} and does nothing when it would not be the same any more.
   */
  carryOut(chain: ChainId, keeps: BlockHash | null): Promise<UnlatchPlan>
}

/** How an operator, and nobody else, lifts the latch of a chain. */
export function unlatchChain({ latches, nodeOf, chains, onUnlatched }: UnlatchPorts): UnlatchChain {
  const plan = async (chain: ChainId): Promise<UnlatchPlan> => {
    requireChain(chain, chains)
    const state = await latches.state(chain)
    if (!state || state.latched === null) throw new ChainNotLatchedError(chain)
    const { latched: reason, checkpoint, final } = state
    const head = await nodeOf(chain).head()
    const keeps = await lastCommon(chain, state, head)
    const { count, oldest } = await latches.reversible(chain, keeps, NAMED_MAX)
    return {
      ...{ chain, reason, checkpoint, final, keeps },
      head: { number: head.number, hash: head.hash },
      blocks: checkpoint ? checkpoint.number - (keeps?.number ?? state.start - 1n) : 0n,
      isBelowFinal: final !== null && checkpoint !== null && (keeps?.number ?? -1n) < final,
      reversed: count,
      deposits: oldest,
    }
  }

  /**
   * The highest stored block that the node has too. Blocks below a common one are common, so half
   * of what is left is ruled out by each look, and a deep fork costs few.
   */
  const lastCommon = async (
    chain: ChainId,
    { checkpoint, start }: ScanState,
    head: BlockRef,
  ): Promise<BlockRef | null> => {
    if (checkpoint === null) return null
    // A node that is behind and has nothing else so far gives no cause to take anything back.
    const top = checkpoint.number < head.number ? checkpoint.number : head.number
    if (top < start || (await common(chain, top))) return checkpoint
    let found: BlockRef | null = null
    let [low, high] = [start, top - 1n]
    while (low <= high) {
      const middle = (low + high) / 2n
      const block = await common(chain, middle)
      if (block) found = block
      if (block) low = middle + 1n
      else high = middle - 1n
    }
    return found
  }

  const common = async (chain: ChainId, height: bigint): Promise<BlockRef | undefined> => {
    const [stored, header] = await Promise.all([
      latches.storedBlock(chain, height),
      nodeOf(chain).headerAt(height),
    ])
    if (!stored || !header) throw new UnlatchMovedError(chain, `block ${height} is away`)
    return stored.hash === header.hash ? stored : undefined
  }

  return {
    plan,
    async carryOut(chain, keeps) {
      const now = await plan(chain)
      if ((now.keeps?.hash ?? null) !== keeps) {
        const last = now.keeps ? `${now.keeps.number} (${now.keeps.hash})` : 'none at all'
        throw new UnlatchMovedError(chain, `the last block that would stay is ${last}`)
      }
      const done = await latches.unlatch(chain, { from: now.checkpoint, to: now.keeps })
      if (done === undefined)
        throw new UnlatchMovedError(chain, 'its checkpoint or its latch changed')
      const { reversed } = done
      const result = { ...now, blocks: BigInt(done.blocks), reversed }
      onUnlatched(result)
      return result
    },
  }
}

/** There is no latch to lift. */
export class ChainNotLatchedError extends AppError {
  readonly code = 'CHAIN_NOT_LATCHED'

  constructor(chain: ChainId) {
    super(`Chain ${chain} is not latched: there is nothing to lift.`, {
      retry: 'never',
      details: { chain },
    })
  }
}

/** The chain, or what is stored of it, is not what the operator was told. */
export class UnlatchMovedError extends AppError {
  readonly code = 'UNLATCH_MOVED'

  constructor(chain: ChainId, problem: string) {
    super(
      `The latch of ${chain} was left as it is, for things are not as they were when it was ` +
        `planned: ${problem}. Ask for the plan again, and repeat it if it is still right.`,
      { retry: 'never', details: { chain } },
    )
  }
}
