/** When a deposit is final: so many blocks deep, its own included, or by the node's own tag. */
export type Confirmations = number | Tag

/** What a node calls a block that it holds to stay. */
export type Tag = 'safe' | 'finalized'

export const isTag = (confirmations: Confirmations): confirmations is Tag =>
  typeof confirmations === 'string'

/**
 * Below 0 when `one` is weaker than `other`, 0 when they are the same. How deep a tag lies nobody
 * knows beforehand, so that each tag counts as stronger than every depth.
 */
export function compareConfirmations(one: Confirmations, other: Confirmations): number {
  return strengthOf(one) - strengthOf(other)
}

function strengthOf(confirmations: Confirmations): number {
  if (confirmations === 'safe') return Number.MAX_SAFE_INTEGER - 1
  return confirmations === 'finalized' ? Number.MAX_SAFE_INTEGER : confirmations
}
