/** A figure by its name, and what it must at least or at most be, or that it must be true. */
type Requirement = { figure: string; atLeast?: number; atMost?: number; isTrue?: true }

/** What each benchmark has to show on 2 cores, with all that it talks to on the same machine. */
const REQUIRED: Readonly<Record<string, readonly Requirement[]>> = {
  'catch-up': [
    { figure: 'transfersPerSecond', atLeast: 20_000 },
    { figure: 'ratio', atLeast: 0.6 },
  ],
  'catch-up-tokens': [{ figure: 'transfersPerSecond', atLeast: 60_000 }],
  relay: [
    { figure: 'eventsPerSecond', atLeast: 30_000 },
    { figure: 'p99Ms', atMost: 50 },
  ],
  'tip-latency': [
    { figure: 'publishedP50Ms', atMost: 30 },
    { figure: 'publishedP99Ms', atMost: 100 },
    { figure: 'p50Ms', atMost: 60 },
    { figure: 'p99Ms', atMost: 200 },
  ],
  credits: [
    { figure: 'creditsPerSecond', atLeast: 20_000 },
    { figure: 'contendedRatio', atLeast: 0.6 },
    { figure: 'ratio', atLeast: 10 },
  ],
  payments: [
    { figure: 'requestsPerSecond', atLeast: 5_000 },
    { figure: 'p99Ms', atMost: 50 },
  ],
  reads: [
    { figure: 'requestsPerSecond', atLeast: 10_000 },
    { figure: 'p99Ms', atMost: 25 },
    // A tick of the clock that counts it may belong to the second before.
    { figure: 'apiCores', atMost: 1.01 },
  ],
  rebuild: [
    { figure: 'transactionsPerSecond', atLeast: 30_000 },
    { figure: 'equal', isTrue: true },
  ],
  console: [
    { figure: 'paintP95Ms', atMost: 1_000 },
    { figure: 'scriptBytes', atMost: 250_000 },
  ],
  withdrawable: [{ figure: 'p95Ms', atMost: 1_000 }],
  payouts: [
    { figure: 'paidOnce', atLeast: 1_000 },
    { figure: 'paidOtherwise', atMost: 0 },
    { figure: 'stuck', atMost: 0 },
  ],
  'watch-set': [
    { figure: 'rssMb', atMost: 400 },
    { figure: 'loadSeconds', atMost: 60 },
    { figure: 'lookupNs', atMost: 200 },
  ],
}

/** What is required of a benchmark and not met by its figures, each in words. */
export function missedFigures(name: string, figures: Readonly<Record<string, unknown>>): string[] {
  return (REQUIRED[name] ?? []).flatMap(({ figure, atLeast, atMost, isTrue }) => {
    const value = figures[figure]
    if (isTrue) return value === true ? [] : [`${name}: ${figure} is ${value}, required is true`]
    // What is not a number, or is missing, is not met either.
    const isMet =
      typeof value === 'number' &&
      (atLeast === undefined || value >= atLeast) &&
      (atMost === undefined || value <= atMost)
    const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`
    return isMet ? [] : [`${name}: ${figure} is ${String(value)}, required is ${bound}`]
  })
}
