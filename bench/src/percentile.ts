/** The value that `share` of `sorted` are not above, for example 0.99. Rounded to a tenth. */
export function percentile(sorted: readonly number[], share: number): number {
  const index = Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)
  return Math.round((sorted[Math.max(index, 0)] ?? Number.NaN) * 10) / 10
}

/** Numbers from the smallest to the largest. */
export const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
