/**
 * Loaded before a process by `node --import`: its clock is ten minutes fast, and each SIGUSR2 makes
 * it jump to ten minutes slow and back. What measures time without a calendar is not touched.
 */
const TEN_MINUTES_MS = 600_000

const TrueDate = Date
let offsetMs = TEN_MINUTES_MS

class JumpingDate extends TrueDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [JumpingDate.now()] : given) as [number]))
  }

  static override now(): number {
    return TrueDate.now() + offsetMs
  }
}

globalThis.Date = JumpingDate as DateConstructor
process.on('SIGUSR2', () => {
  offsetMs = -offsetMs
})
