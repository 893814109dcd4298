/** What a process held at one moment. */
export type MemorySample = {
  /** Since the beginning, milliseconds. */
  atMs: number
  /** Tells one life of a process from the next: after a restart it begins anew. */
  pid: number
  mb: number
}

const MS_PER_HOUR = 3_600_000

/**
 * How fast memory grows, MB an hour: one straight line by least squares, of which each life of the
 * process has a level of its own. 0 where there are too few samples to say.
 */
export function memorySlope(samples: readonly MemorySample[]): number {
  let covariance = 0
  let variance = 0
  for (const life of Map.groupBy(samples, ({ pid }) => pid).values()) {
    const hours = life.map(({ atMs }) => atMs / MS_PER_HOUR)
    const [meanHours, meanMb] = [mean(hours), mean(life.map(({ mb }) => mb))]
    for (const [index, { mb }] of life.entries()) {
      const off = (hours[index] ?? 0) - meanHours
      covariance += off * (mb - meanMb)
      variance += off * off
    }
  }
  return variance === 0 ? 0 : covariance / variance
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length
