const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** How long a signal may take to come by every way, milliseconds. */
const REPEAT_MS = 1_000

/**
 * Resolves at SIGINT, SIGTERM or SIGHUP. Another one ends the process at once, but not within the
 * first second: the terminal, npm and the launcher may each deliver the same one.
 */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      resolve(signal)
      setTimeout(() => {
        for (const each of SIGNALS) process.off(each, stop)
      }, REPEAT_MS).unref()
    }
    for (const signal of SIGNALS) process.on(signal, stop)
  })
}
