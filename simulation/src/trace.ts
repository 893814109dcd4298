import { createHash } from 'node:crypto'

/** What happened, turn by turn. */
export type Trace = {
  say(line: string): void
  lines(): readonly string[]
  /** The same for the same lines in the same order. */
  hash(): string
}

export function openTrace(): Trace {
  const lines: string[] = []
  return {
    say: (line) => lines.push(line),
    lines: () => lines,
    hash: () => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16),
  }
}
