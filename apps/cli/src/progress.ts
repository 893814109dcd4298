import { stderr } from 'node:process'
import { styleText } from 'node:util'

/** Tells people what happens, on standard error; standard output is for results. */
export type Progress = {
  /** Something begins that the next lines belong to. */
  title(text: string): void
  /** One thing that has happened. */
  line(text: string): void
  /** How far something long is; on a terminal it replaces itself. */
  bar(label: string, done: number, of: number): void
  /** A line, or, of what has an amount, a bar. */
  lineOrBar(text: string, amount?: { done: number; of: number }): void
}

const BAR_WIDTH = 24

export function progress(): Progress {
  const beginning = performance.now()
  const seconds = () => `${((performance.now() - beginning) / 1_000).toFixed(1).padStart(6)} s`
  let barShown = false
  const told = new Map<string, number>()

  const write = (text: string) => {
    if (barShown) stderr.write('\n')
    barShown = false
    stderr.write(`${text}\n`)
  }
  const self: Progress = {
    title: (text) => write(`\n${styleText('bold', text, { stream: stderr })}`),
    line: (text) => write(`${styleText('dim', seconds(), { stream: stderr })}  ${text}`),
    bar(label, done, of) {
      const share = of === 0 ? 1 : done / of
      // Without a terminal there is no line to replace: a few lines tell enough.
      if (!stderr.isTTY) {
        const quarter = Math.floor(share * 4)
        if (quarter === told.get(label)) return
        told.set(label, quarter % 4)
        return write(`${seconds()}  ${label}: ${done} of ${of}`)
      }
      const full = Math.round(share * BAR_WIDTH)
      stderr.write(
        `\r${seconds()}  ${'█'.repeat(full).padEnd(BAR_WIDTH, '░')} ${label} ${done}/${of}`,
      )
      barShown = true
      if (done >= of) write('')
    },
    lineOrBar(text, amount) {
      if (amount) self.bar(text, amount.done, amount.of)
      else self.line(text)
    },
  }
  return self
}

/** Prints a result on standard output: one JSON line. */
export const printJson = (value: unknown): void => console.log(JSON.stringify(value, bigintAsText))

const bigintAsText = (_key: string, value: unknown) =>
  typeof value === 'bigint' ? value.toString() : value
