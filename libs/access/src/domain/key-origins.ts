/** Who holds a key, and who made it. */
export type KeyOrigin = { holder: string; createdBy: string; isOfPlatform: boolean }

/** Names of the keys of the environment, whose holder is everybody's origin and so nobody's. */
const FIRST = /^api_key( [0-9]+)?$/

export const plainHolder = (name: string): string => name.normalize('NFKC').trim().toLowerCase()

/** Whether a name is that of a key of the environment. */
export const isFirstHolder = (holder: string): boolean => FIRST.test(plainHolder(holder))

/**
 * The holder, whoever has made a key in that name, whoever has made one in theirs, and so on: each
 * of them may know the secret of a key of the holder's. Where it ends at a key of the environment,
 * that is left out.
 */
export function originsOf(holder: string, keys: readonly KeyOrigin[]): ReadonlySet<string> {
  const makers = new Map<string, string[]>()
  for (const { holder: of, createdBy } of keys) {
    const name = plainHolder(of)
    makers.set(name, [...(makers.get(name) ?? []), plainHolder(createdBy)])
  }
  const origins = new Set([plainHolder(holder)])
  // What is added while it is gone through is gone through, too.
  for (const name of origins) {
    for (const maker of makers.get(name) ?? []) if (!isFirstHolder(maker)) origins.add(maker)
  }
  return origins
}

/**
 * Whether `second` may have the word of a second person on what `first` wants: nobody may know the
 * keys of both. `second` is of the platform, where tenants make no keys.
 */
export function isSecondPerson(
  { first, second }: { first: string; second: string },
  keys: readonly KeyOrigin[],
): boolean {
  const platform = keys.filter(({ isOfPlatform }) => isOfPlatform)
  return originsOf(first, keys).isDisjointFrom(originsOf(second, platform))
}
