/**
 * Checks which package may depend on which: apps → contexts → platform. Biome refuses an import that
 * the importing package's package.json doesn't declare, so what is checked here holds in the code.
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
])
if (problems.length > 0) {
  process.stdout.write(problems.map((problem) => `${problem}\n`).join(''))
  process.exitCode = 1
}

function readManifest(folder: string): PackageManifest {
  return { folder, ...JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) }
}
