/**
 * Checks that package-lock.json serves everybody: it names no registry, so that each machine may use
 * its own, and it holds the build of every package for every platform, so that `npm ci` works on
 * Linux, macOS and Windows alike. npm leaves out, silently, the builds a registry doesn't have.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Locked = {
  version?: string
  resolved?: string
  link?: boolean
  integrity?: string
  optionalDependencies?: Record<string, string>
}

/**
 * Published for some platforms only where this project was made; on the others anvil and forge come
 * from the PATH.
 */
const NOT_EVERYWHERE = /^@foundry-rs\//

const lockFile = join(import.meta.dirname, '..', 'package-lock.json')
const packages: Record<string, Locked> = JSON.parse(readFileSync(lockFile, 'utf8')).packages

const problems = Object.entries(packages).flatMap(([path, locked]) => [
  ...registryProblems(path, locked),
  ...platformProblems(path, locked),
])
if (problems.length > 0) {
  process.stdout.write(`package-lock.json:\n${problems.map((each) => `  ${each}\n`).join('')}`)
  process.exitCode = 1
}

function registryProblems(path: string, { resolved, link, integrity }: Locked): string[] {
  if (resolved !== undefined && !link) {
    return [`${path} names a registry (${resolved}). Delete the line: .npmrc leaves it out.`]
  }
  const isThirdParty = path.includes('node_modules/') && !link
  return isThirdParty && integrity === undefined ? [`${path} has no integrity hash.`] : []
}

function platformProblems(path: string, { optionalDependencies = {} }: Locked): string[] {
  return Object.keys(optionalDependencies)
    .filter((name) => !NOT_EVERYWHERE.test(name) && !isLocked(path, name))
    .map(
      (name) =>
        `${path || 'the root'} wants ${name} for some platform and it is missing. Take a version of ` +
        'which every build is published, and run npm install.',
    )
}

/** Looks `name` up as Node would from `path`: beside it first, then in each folder above. */
function isLocked(path: string, name: string): boolean {
  const beside = path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`
  if (packages[beside] !== undefined) return true
  return (
    path !== '' && isLocked(path.slice(0, Math.max(0, path.lastIndexOf('node_modules/') - 1)), name)
  )
}
