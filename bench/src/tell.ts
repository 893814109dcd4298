/** One line about what a benchmark does now, on standard error. */
export const tell = (text: string): void => console.error(`  ${text}`)
