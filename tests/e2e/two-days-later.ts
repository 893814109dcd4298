/** Loaded before a process by `node --import`: for it, two days have passed. */
const TWO_DAYS_MS = 2 * 86_400_000

const TrueDate = Date

class LaterDate extends TrueDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [LaterDate.now()] : given) as [number]))
  }

  static override now(): number {
    return TrueDate.now() + TWO_DAYS_MS
  }
}

globalThis.Date = LaterDate as DateConstructor
