import type { AssetId } from '@coffer/money/asset'
import type { Amount, Finding } from './finding.ts'

/** Where something that does not agree has got to. */
export type DifferenceStatus =
  | 'open'
  /** It came right by itself, or turned out to be another one. */
  | 'explained'
  /** Two persons have settled it. */
  | 'adjusted'

/** A {@link Finding} that is kept until it is settled, and after. */
export type Difference = Finding & {
  id: string
  status: DifferenceStatus
  /** Whether its value is in suspense. */
  isSuspended: boolean
  noticedAt: Date
}

/** A line of a ledger transaction: a debit is positive, a credit negative. */
export type Movement = {
  account: {
    owner: 'system'
    code: 'custody' | 'channel.receivable' | 'suspense' | 'fees'
    asset: AssetId
  }
  amount: bigint
}

const CUSTODY_KINDS: ReadonlySet<Finding['kind']> = new Set(['custody_short', 'custody_surplus'])

/** By how much the other side has more than we do, of each asset; less if it is negative. */
export function excessOf({ kind, group, ours, theirs }: Finding): Amount[] {
  // Of what else is found on a chain, the value shows in custody, and must not count twice.
  if (group === undefined && !CUSTODY_KINDS.has(kind)) return []
  const sums = new Map<AssetId, bigint>()
  if (ours) sums.set(ours.asset, -ours.amount)
  if (theirs) sums.set(theirs.asset, (sums.get(theirs.asset) ?? 0n) + theirs.amount)
  return [...sums].flatMap(([asset, amount]) => (amount === 0n ? [] : [{ asset, amount }]))
}

/**
 * Whether its value goes to suspense at once: when there is more than we know of. What is missing
 * is given up only when two persons say so.
 */
export function isSurplus(finding: Finding): boolean {
  const excess = excessOf(finding)
  return excess.length > 0 && excess.every(({ amount }) => amount > 0n)
}

/** Moves what is in excess, or missing, to or from suspense. */
export const suspenseMovements = (finding: Finding): Movement[] =>
  excessOf(finding).flatMap(({ asset, amount }) => [
    { account: { owner: 'system', code: accountOf(finding), asset }, amount },
    { account: { owner: 'system', code: 'suspense', asset }, amount: -amount },
  ])

/** Takes what is in excess as earned, and what is missing as lost. */
export const writeOffMovements = (difference: Difference): Movement[] =>
  excessOf(difference).flatMap(({ asset, amount }) => [
    {
      account: {
        owner: 'system',
        code: difference.isSuspended ? 'suspense' : accountOf(difference),
        asset,
      },
      amount,
    },
    { account: { owner: 'system', code: 'fees', asset }, amount: -amount },
  ])

export const negated = (movements: readonly Movement[]): Movement[] =>
  movements.map(({ account, amount }) => ({ account, amount: -amount }))

const accountOf = ({ group }: Finding) =>
  group === undefined ? ('custody' as const) : ('channel.receivable' as const)
