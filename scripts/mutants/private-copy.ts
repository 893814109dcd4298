import {
  cpSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }

/** Neither source nor needed by a test. */
const LEFT_OUT = new Set(['.git', '.coffer', 'coverage', 'node_modules'])

export type PrivateCopy = Disposable & { root: string }

/**
 * A copy of the repository as it is now, in a temporary folder that disposing removes. Packages of
 * others are linked; the repository's own packages are those of the copy.
 */
export function privateCopy(repository: string): PrivateCopy {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'coffer-mutants-'))
  const copy = { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
  try {
    cpSync(repository, root, {
      recursive: true,
      filter: (path) => path === repository || !LEFT_OUT.has(basename(path)),
    })
    for (const folder of ['.', ...globSync(manifest.workspaces, { cwd: repository })]) {
      linkModules(join(repository, folder, 'node_modules'), join(root, folder, 'node_modules'))
    }
  } catch (error) {
    copy[Symbol.dispose]()
    throw error
  }
  return copy
}

/** Repeats npm's links to workspaces, which are relative, and links to everything else. */
function linkModules(from: string, to: string): void {
  const isThere = lstatSync(from, { throwIfNoEntry: false })
  if (isThere === undefined) return
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else if (entry.name.startsWith('@')) linkModules(source, target)
    // Of what begins with a dot only the commands are needed; the rest are records and caches.
    else if (!entry.name.startsWith('.') || entry.name === '.bin') symlinkSync(source, target)
  }
}
