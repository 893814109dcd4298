/** Prints a line about what happens now on standard error, after the time since the beginning. */
export type Tell = (text: string) => void

export function progress(): Tell {
  const beginning = performance.now()
  return (text) => {
    const seconds = (performance.now() - beginning) / 1_000
    console.error(`${seconds.toFixed(1).padStart(8)} s  ${text}`)
  }
}
