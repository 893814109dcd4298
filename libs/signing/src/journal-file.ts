import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '@coffer/errors/app-error'
import type { SignedEntry, SigningJournal } from './ports.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

/** What the first line's hash goes on from. */
const START = 'coffer signing journal 1'

/**
 * A journal that nothing was written to. Throws `PrivateFileError` when there is one: without it a
 * nonce that was signed could be signed again for something else.
 */
export const createJournal = (path: string): Promise<void> => writePrivateFile(path, `${START}\n`)

/**
 * A journal as lines, each with the hash of itself and of all before it. A last line that was cut
 * off by a crash is taken away: nobody has seen what it signed. Throws {@link JournalError} for any
 * other damage, and when another process writes to it.
 */
export async function journalFile(path: string): Promise<SigningJournal & AsyncDisposable> {
  const { entries, head, length } = readLines(path, await readPrivateFile(path))
  const file = await open(path, 'r+')
  await file.truncate(length)
  await file.sync()
  const writer = lineWriter(path, file, { head, length })
  return {
    entries,
    append: (entry) => writer(JSON.stringify(entry)),
    [Symbol.asyncDispose]: () => file.close(),
  }
}

type Position = { head: string; length: number }

function readLines(path: string, source: string): Position & { entries: SignedEntry[] } {
  const whole = source.slice(0, source.lastIndexOf('\n') + 1)
  const [first, ...lines] = whole.split('\n').slice(0, -1)
  if (first !== START) throw new JournalError(path, 'its first line is not that of a journal')
  let head = START
  const entries = lines.map((line, index): SignedEntry => {
    head = nextHead(head, line.slice(65))
    if (line.slice(0, 64) !== head) {
      throw new JournalError(path, `line ${index + 2} is not the one that was written`)
    }
    return JSON.parse(line.slice(65))
  })
  return { entries, head, length: Buffer.byteLength(whole) }
}

function lineWriter(path: string, file: FileHandle, { head, length }: Position) {
  let isBroken = false
  return async (text: string): Promise<void> => {
    if (isBroken) throw new JournalError(path, 'it could not be written to before')
    if ((await file.stat()).size !== length) {
      isBroken = true
      throw new JournalError(path, 'another process has written to it')
    }
    const next = nextHead(head, text)
    const line = Buffer.from(`${next} ${text}\n`)
    // Half a line could be completed by the next one; whoever starts again takes it away.
    isBroken = true
    await file.write(line, 0, line.length, length)
    await file.sync()
    isBroken = false
    head = next
    length += line.length
  }
}

const nextHead = (head: string, text: string): string =>
  createHash('sha256').update(`${head} ${text}`).digest('hex')

/** What was signed before is not known for sure, so that nothing is signed. */
export class JournalError extends AppError {
  readonly code = 'SIGNER_JOURNAL'

  constructor(path: string, problem: string) {
    super(`The journal of signatures ${path} is of no use: ${problem}.`, {
      retry: 'never',
      details: { path },
    })
  }
}
