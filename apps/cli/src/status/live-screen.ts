import type { ReadStream, WriteStream } from 'node:tty'

export type LiveScreenOptions = {
  input: ReadStream
  output: WriteStream
  /** What is shown, for a screen of so many columns. */
  lines: (columns: number) => readonly string[]
  signal: AbortSignal
}

/** A second screen, without a cursor; the first one comes back with all that stood there. */
const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const END_OF_LINE = '\x1b[K'
const END_OF_SCREEN = '\x1b[J'

/** Pages of a terminal that shows lines anew until somebody quits. */
export type LiveScreen = Disposable & {
  /** Shows what there is now. */
  draw(): void
  /** Ends when q or Ctrl-C was pressed, or the signal came. */
  quit: Promise<void>
}

/**
 * Takes the terminal for itself: keys are read one by one, and every line that does not fit is left
 * out. However it ends, the terminal is as it was.
 */
export function liveScreen({ input, output, lines, signal }: LiveScreenOptions): LiveScreen {
  const { promise: quit, resolve } = Promise.withResolvers<void>()
  const draw = () => {
    const { columns = 80, rows = 24 } = output
    const all = lines(columns)
    const shown = all.length < rows ? all : [...all.slice(0, rows - 2), `… q quits`]
    output.write(
      `${HOME}${shown.map((line) => `${line}${END_OF_LINE}`).join('\r\n')}${END_OF_SCREEN}`,
    )
  }
  const onKey = (key: Buffer) => {
    if (QUITS.has(key.toString())) resolve()
  }
  const restore = () => void output.write(LEAVE)

  output.write(ENTER)
  input.setRawMode(true)
  input.resume()
  input.on('data', onKey)
  output.on('resize', draw)
  process.on('exit', restore)
  signal.addEventListener('abort', () => resolve(), { once: true })
  return {
    draw,
    quit,
    [Symbol.dispose]() {
      output.off('resize', draw)
      input.off('data', onKey)
      input.setRawMode(false)
      input.pause()
      process.off('exit', restore)
      restore()
    },
  }
}

const QUITS: ReadonlySet<string> = new Set(['q', 'Q', '\x03', '\x04', '\x1b'])
