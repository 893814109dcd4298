import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { type Books, booksOf, enter, type Line } from './books.ts'

export type Journal = Disposable & {
  books: Books
  /** Keeps what happened, whatever dies afterwards, and then enters it into the books. */
  write(line: Line): void
}

/** Opens the file at `path`, or begins one. Of a line that was being written nothing is left. */
export function openJournal(path: string): Journal {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const lines = whole.split('\n').filter((line) => line !== '')
  const books = booksOf(lines.map((line) => JSON.parse(line) as Line))
  const file = openSync(path, existsSync(path) ? 'r+' : 'w+')
  let end = Buffer.byteLength(whole)
  return {
    books,
    write(line) {
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
      writeSync(file, bytes, 0, bytes.length, end)
      fsyncSync(file)
      end += bytes.length
      enter(books, line)
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}
