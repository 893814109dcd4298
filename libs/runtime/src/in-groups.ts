export type InGroupsOptions<Item, Result> = {
  /** Handles items that came together: all or none. Results are in the order of the items. */
  handle: (items: readonly Item[]) => Promise<readonly Result[]>
  /** Most items that are handled at once. */
  sizeMax: number
  /** Failures that say nothing about the items, so that none of them is tried alone. */
  isOutage: (error: unknown) => boolean
  /** Groups that are handled at the same time, at most. Default: 1. */
  atOnceMax?: number
}

/**
 * Collects what is asked for while those before are under way, and handles it at once: so many
 * share what one alone would cost. An item that makes a group fail fails alone.
 */
export function inGroups<Item, Result>(
  options: InGroupsOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  const { handle, sizeMax, isOutage, atOnceMax = 1 } = options
  let waiting: Waiting<Item, Result>[] = []
  let running = 0
  let isDue = false

  const handleOrHalve = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await handle(group.map(({ item }) => item))
      for (const [place, { resolve }] of group.entries()) resolve(results[place] as Result)
    } catch (error) {
      if (group.length === 1 || isOutage(error)) {
        for (const { reject } of group) reject(error)
        return
      }
      const half = Math.ceil(group.length / 2)
      await handleOrHalve(group.slice(0, half))
      await handleOrHalve(group.slice(half))
    }
  }

  const run = async () => {
    isDue = false
    if (running >= atOnceMax) return
    running += 1
    while (waiting.length > 0) {
      const group = waiting.slice(0, sizeMax)
      waiting = waiting.slice(sizeMax)
      await handleOrHalve(group)
    }
    running -= 1
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (isDue || running >= atOnceMax) return
      isDue = true
      // What else is asked for in this turn of the event loop comes along.
      setImmediate(() => void run())
    })
}

type Waiting<Item, Result> = {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}
