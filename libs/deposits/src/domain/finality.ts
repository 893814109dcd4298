import {
  type Confirmations,
  compareConfirmations,
  isTag,
  type Tag,
} from '@coffer/evm/confirmations'
import type { Asset } from '@coffer/money/asset'

/** Heights of the tags that a node was asked for. Without one, it names no such block. */
export type TaggedHeights = Readonly<Partial<Record<Tag, bigint>>>

/** What deposits of one chain wait for. */
export type FinalityPolicy = {
  /** What all wait for. */
  confirmations: Confirmations
  /** What the larger amounts of its assets wait for besides, the weakest first. */
  tiers: readonly Confirmations[]
}

/** Up to which height deposits are final by the tier they wait for: `64`, `safe`, `finalized`. */
export type TierHeights = Readonly<Record<string, bigint>>

/**
 * Up to where deposits are final: those that wait for the chain's own confirmations up to `final`,
 * those of a tier up to its height, which is never above `final`.
 */
export type Finality = { final: bigint; tiers: TierHeights }

/** The policy of a chain on which `assets` are accepted. */
export function finalityPolicy(
  confirmations: Confirmations,
  assets: readonly Asset[],
): FinalityPolicy {
  const all = assets.flatMap(({ tiers = [] }) => tiers.map((tier) => tier.confirmations))
  return { confirmations, tiers: [...new Set(all)].sort(compareConfirmations) }
}

/** The tags that a node has to be asked for. */
export const tagsOf = ({ confirmations, tiers }: FinalityPolicy): Tag[] =>
  [...new Set([confirmations, ...tiers])].filter(isTag)

/**
 * Up to where deposits are final when everything up to `scanned` is scanned. Nothing is final
 * sooner than what waits for less: where a tag lies above a depth, the tag waits for the depth.
 */
export function finalityAt(
  { confirmations, tiers }: FinalityPolicy,
  reached: { scanned: bigint; tagged: TaggedHeights },
): Finality {
  const final = finalHeight(confirmations, reached)
  const heights: Record<string, bigint> = {}
  let weaker = final
  for (const tier of tiers) {
    weaker = least(weaker, finalHeight(tier, reached))
    heights[tier] = weaker
  }
  return { final, tiers: heights }
}

/** `finality` as far as `limit` and no further. */
export function finalityWithin({ final, tiers }: Finality, limit: bigint): Finality {
  const within = Object.entries(tiers).map(([tier, height]) => [tier, least(height, limit)])
  return { final: least(final, limit), tiers: Object.fromEntries(within) }
}

/** Whether anything is final by `now` that was not by `before`. */
export const isMoreFinal = (now: Finality, before: Finality): boolean =>
  now.final > before.final ||
  Object.entries(now.tiers).some(([tier, height]) => height > (before.tiers[tier] ?? -1n))

/**
 * Up to which height what waits for `tier` is final. A tier that no asset has any more gives way to
 * the strongest that there is, so that nothing waits for ever.
 */
export function heightOfTier({ final, tiers }: Finality, tier: string | null): bigint {
  if (tier === null) return final
  return tiers[tier] ?? lowestHeight({ final, tiers })
}

/** The height up to which everything is final, whatever it waits for. */
export const lowestHeight = ({ final, tiers }: Finality): bigint =>
  Object.values(tiers).reduce(least, final)

/**
 * The height up to which deposits are final that wait for `confirmations`: so many blocks deep,
 * the own included, or as far as the node's tag says. Never beyond what was scanned.
 */
export function finalHeight(
  confirmations: Confirmations,
  { scanned, tagged }: { scanned: bigint; tagged: TaggedHeights },
): bigint {
  if (typeof confirmations === 'number') return scanned - BigInt(confirmations) + 1n
  const height = tagged[confirmations]
  if (height === undefined) return -1n
  return height < scanned ? height : scanned
}

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)
