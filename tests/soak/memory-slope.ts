/** What a process held at one moment. */
export type MemorySample = {
  /** Since the beginning, milliseconds. */
  atMs: number
  /** Tells one life of a process from the next: after a restart it begins anew. */
  pid: number
  mb: number
}

const MS_PER_HOUR = 3_600_000
const MS_PER_MINUTE = 60_000

/** A process that has just begun grows until it has loaded what it needs. */
const WARMS_UP_MS = 3 * MS_PER_MINUTE

/** Of less nothing can be told. */
const LASTS_MS = 5 * MS_PER_MINUTE

/**
 * How fast memory grows, MB an hour, by what is held when least is held, minute by minute: one
 * straight line by least squares, of which each life of the process has a level of its own. Samples
 * before `fromMs` and from the first minutes of a life don't count, nor do short lives; `null`
 * where that leaves none.
 */
export function memorySlope(samples: readonly MemorySample[], fromMs = 0): number | null {
  let covariance = 0
  let variance = 0
  for (const life of Map.groupBy(samples, ({ pid }) => pid).values()) {
    const low = lowest(warm(life, fromMs))
    const hours = low.map(({ atMs }) => atMs / MS_PER_HOUR)
    const [meanHours, meanMb] = [mean(hours), mean(low.map(({ mb }) => mb))]
    for (const [index, { mb }] of low.entries()) {
      const off = (hours[index] ?? 0) - meanHours
      covariance += off * (mb - meanMb)
      variance += off * off
    }
  }
  return variance === 0 ? null : covariance / variance
}

/** What counts of a life: nothing, where that is too little. */
function warm(life: readonly MemorySample[], fromMs: number): readonly MemorySample[] {
  const since = Math.max(fromMs, (life[0]?.atMs ?? 0) + WARMS_UP_MS)
  const counted = life.filter(({ atMs }) => atMs >= since)
  const lasts = (counted.at(-1)?.atMs ?? 0) - (counted[0]?.atMs ?? 0)
  return lasts < LASTS_MS ? [] : counted
}

function lowest(samples: readonly MemorySample[]): MemorySample[] {
  const minutes = Map.groupBy(samples, ({ atMs }) => Math.floor(atMs / MS_PER_MINUTE))
  return [...minutes.values()].map((own) => own.reduce((a, b) => (b.mb < a.mb ? b : a)))
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length
