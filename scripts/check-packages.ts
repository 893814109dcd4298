/**
 * Checks which package may depend on which, apps → contexts → platform, and that each declares in
 * its package.json what it imports of the others. (npm would let it import them all.)
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dependencyProblems, type PackageManifest } from './dependency-problems.ts'

const ROOT = join(import.meta.dirname, '..')

const manifests = ['apps', 'libs'].flatMap((group) =>
  readdirSync(join(ROOT, group)).map((folder) => readManifest(`${group}/${folder}`)),
)
const problems = dependencyProblems([
  ...manifests,
  readManifest('contracts'),
  readManifest('bench'),
  readManifest('simulation'),
])
if (problems.length > 0) {
  process.stdout.write(problems.map((problem) => `${problem}\n`).join(''))
  process.exitCode = 1
}

function readManifest(folder: string): PackageManifest {
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
  return { folder, ...manifest, imports: importedPackages(join(ROOT, folder)) }
}

/** The packages of ours that any file in `folder` imports, type imports and tests included. */
function importedPackages(folder: string): string[] {
  const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : importedPackages(path)
    if (!/\.tsx?$/.test(entry.name)) return []
    const imports = readFileSync(path, 'utf8').matchAll(
      /\b(?:from |import |import\()'(@coffer\/[^/']+)/g,
    )
    return [...imports].flatMap(([, name]) => name ?? [])
  })
  return [...new Set(names)]
}
