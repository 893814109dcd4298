import type { Deposit } from '@coffer/client/deposit-stream'
import type { Page } from '@coffer/client/pages'

export type DepositPages = { pages: Page<Deposit>[]; pageParams: (string | null)[] }

/**
 * A list as `filter` has it with what was told: in its place where it was, above all else where it
 * is new, and gone where it is not what the list shows any more.
 */
export function mergedDeposits(
  known: DepositPages,
  told: readonly Deposit[],
  filter: Readonly<Record<string, string>>,
): DepositPages {
  const news = new Map(told.map((deposit) => [deposit.id, deposit]))
  const shown = known.pages.flatMap(({ items }) => items)
  const there = new Set(shown.map(({ id }) => id))
  // A filter may name an owner by another name than deposits do.
  const owners = new Set(shown.map(({ owner }) => owner))
  const belongs = (deposit: Deposit) =>
    Object.entries(filter).every(
      ([name, value]) =>
        deposit[name as keyof Deposit] === value || (name === 'owner' && owners.has(deposit.owner)),
    )
  const fresh = told.filter((deposit) => !there.has(deposit.id) && belongs(deposit)).toReversed()
  const pages = known.pages.map(({ items, nextCursor }, at) => {
    const kept = items.map((each) => news.get(each.id) ?? each).filter(belongs)
    return { nextCursor, items: at === 0 ? [...fresh, ...kept] : kept }
  })
  return { ...known, pages }
}
