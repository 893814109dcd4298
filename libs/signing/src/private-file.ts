import { lstat, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '@coffer/errors/app-error'

/** Reads a file that nobody but its owner may read. Throws {@link PrivateFileError}. */
export async function readPrivateFile(path: string): Promise<string> {
  await requirePrivate(path, 'file')
  return readFile(path, 'utf8')
}

/** Throws {@link PrivateFileError} unless `path` is there and its owner's alone. */
export async function requirePrivate(path: string, kind: 'file' | 'folder'): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (!(kind === 'file' ? found?.isFile() : found?.isDirectory())) {
    throw new PrivateFileError(path, `there is no such ${kind}`)
  }
  // Windows has no such bits; there folders say who may read.
  if (process.platform === 'win32') return
  const mode = (found?.mode ?? 0) & 0o777
  if ((mode & 0o077) !== 0) {
    const wanted = kind === 'file' ? '600' : '700'
    const problem = `others may use it (mode ${mode.toString(8)}). Run: chmod ${wanted} ${path}`
    throw new PrivateFileError(path, problem)
  }
}

/**
 * Writes a new file that nobody but its owner may read, and that survives a loss of power. Throws
 * {@link PrivateFileError} when there is one already: what holds a key is never overwritten.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  try {
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile(text)
    await file.sync()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new PrivateFileError(path, 'it exists already and is not overwritten')
  }
  await syncFolder(dirname(path))
}

/** Makes sure that the names in a folder survive a loss of power. */
async function syncFolder(path: string): Promise<void> {
  // Windows can't open folders, and doesn't need to.
  if (process.platform === 'win32') return
  await using folder = await open(path, 'r')
  await folder.sync()
}

/** A file of the signer is missing, in the way, or open to others. */
export class PrivateFileError extends AppError {
  readonly code = 'SIGNER_FILE'

  constructor(path: string, problem: string) {
    super(`The signer can't use ${path}: ${problem}.`, { retry: 'never', details: { path } })
  }
}
