import corpus from '../corpus.json' with { type: 'json' }
import { seedRange } from './seed-range.ts'

/**
 * The seeds that are tried with every change: a stretch of them, and each that ever failed, by a
 * bug that was there or planted.
 */
export const CORPUS: readonly number[] = [
  ...new Set([...seedRange(corpus.seeds), ...corpus.onceFailed]),
]
