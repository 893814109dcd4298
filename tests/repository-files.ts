import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A text file of the repository: its path from the root, with `/`, and what it says. */
export type RepositoryFile = { path: string; text: string }

export const ROOT = join(import.meta.dirname, '..')

/** Nothing that a person wrote for the repository is in these. */
const SKIPPED = new Set(['.coffer', '.git', 'coverage', 'dist', 'meta', 'node_modules', 'out'])

const TEXT =
  /\.(css|html|js|json|md|mjs|sh|sol|sql|toml|ts|tsx|yaml|yml)$|(^|\/)(\.ci\/run|Dockerfile)$/

const read = walk('').map(
  (path): RepositoryFile => ({
    path,
    text: readFileSync(join(ROOT, path), 'utf8'),
  }),
)

/** Every text file that is no lock file and isn't generated, or those whose path matches. */
export function repositoryFiles(pattern = /^/): readonly RepositoryFile[] {
  return read.filter(({ path }) => pattern.test(path))
}

function walk(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(path)
    return TEXT.test(path) && entry.name !== 'package-lock.json' ? [path] : []
  })
}
