import type {
  BalanceDifference,
  BalanceProofStore,
  BalanceReader,
  DueHolding,
  ProofStep,
} from '../balance-ports.ts'
import { unexplained } from '../domain/balance-proof.ts'
import type { BlockRef } from '../domain/block.ts'

export type JudgeBalancesPorts = {
  balances: BalanceReader
  store: Pick<BalanceProofStore, 'detectedIn'>
}

export type JudgedBalances = Pick<ProofStep, 'proven' | 'differences'> & {
  /** Holdings that had nothing to be judged by: no state before their first deposits is left. */
  adopted: number
}

/**
 * Holds what each holding has at the end of a block against what it had before, the deposits since
 * and what was sent. `undefined` when that block's state is gone.
 */
export function judgeBalances({ balances, store }: JudgeBalancesPorts) {
  return async (due: readonly DueHolding[], to: BlockRef): Promise<JudgedBalances | undefined> => {
    const found = await balances.balancesAt(due.map((holding) => ({ holding, block: to })))
    if (found === undefined) return undefined
    const bases = await basesOf(due)
    const based = due.flatMap((holding, index) => {
      const base = bases.get(holding)
      return base ? [{ holding, base, found: found[index] ?? null }] : []
    })
    const sums = await store.detectedIn(
      based.map(({ holding, base }) => ({ ...holding, after: base.block.number })),
      to.number,
    )
    const differences: BalanceDifference[] = []
    for (const [index, facts] of based.entries()) {
      const difference = await differenceIn({ ...facts, detected: sums[index] ?? 0n }, to)
      if (difference) differences.push(difference)
    }
    const proven = due.map(({ asset, holder, owner }, index) => {
      return { asset, holder, owner, balance: found[index] ?? null }
    })
    return { proven, differences, adopted: due.length - based.length }
  }

  /** What each holding is proven from. One without is taken as it is found. */
  async function basesOf(due: readonly DueHolding[]): Promise<Map<DueHolding, Base>> {
    const bases = new Map<DueHolding, Base>()
    for (const holding of due) if (holding.proven) bases.set(holding, holding.proven)
    const fresh = due.flatMap((holding) =>
      holding.proven === null && holding.before ? [{ holding, block: holding.before }] : [],
    )
    const asked = await balances.balancesAt(fresh)
    for (const [index, { holding, block }] of fresh.entries()) {
      const balance = asked?.[index] ?? null
      if (balance !== null) bases.set(holding as DueHolding, { block, balance })
    }
    return bases
  }

  async function differenceIn(
    { holding, base, detected, found }: Judged,
    to: BlockRef,
  ): Promise<BalanceDifference | undefined> {
    const { asset, holder, owner } = holding
    const range = { from: base.block.number, to: to.number }
    const facts = { asset, holder, owner, ...range, base: base.balance, detected }
    if (found === null) return { ...facts, sent: 0n, found }
    const balance = { base: base.balance, detected, found }
    // Asked only where something must have left, or come: most holdings are never swept meanwhile.
    if (unexplained({ ...balance, sent: 0n }) === 0n) return undefined
    const sent = await balances.sent({ asset, holder }, { after: base.block, to })
    if (unexplained({ ...balance, sent }) === 0n) return undefined
    return { ...facts, sent: sent ?? 0n, found }
  }
}

type Base = { block: BlockRef; balance: bigint }

type Judged = { holding: DueHolding; base: Base; detected: bigint; found: bigint | null }
