/**
 * Turns many calls with one item each into few calls of `handle` with all that have come meanwhile,
 * one after another. Each call settles as the `handle` of its item does.
 */
export function gather<Item>(
  handle: (items: Item[]) => Promise<void>,
): (item: Item) => Promise<void> {
  let waiting: { item: Item; settled: PromiseWithResolvers<void> }[] = []
  let isRunning = false

  const runAll = async () => {
    while (waiting.length > 0) {
      const round = waiting
      waiting = []
      try {
        await handle(round.map(({ item }) => item))
        for (const { settled } of round) settled.resolve()
      } catch (error) {
        for (const { settled } of round) settled.reject(error)
      }
    }
    isRunning = false
  }

  return (item) => {
    const settled = Promise.withResolvers<void>()
    waiting.push({ item, settled })
    if (!isRunning) {
      isRunning = true
      setImmediate(() => void runAll())
    }
    return settled.promise
  }
}
