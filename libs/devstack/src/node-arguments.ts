/** How Node runs a process of ours. */
export const nodeArguments: readonly string[] = [
  // kafkajs schedules a timer in the past on Node 24 and later, which does no harm.
  '--disable-warning=TimeoutNegativeWarning',
  `--import=${new URL('./find-drizzle.ts', import.meta.url)}`,
]
