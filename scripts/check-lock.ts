/**
 * Checks that package-lock.json serves everybody: it says what the package.json files say, it names
 * no registry, so that each machine may use its own, and it holds the build of every package for
 * every platform, so that `npm ci` works on Linux, macOS and Windows alike. npm leaves out,
 * silently, the builds that a registry doesn't have. Versions are exact, and no package runs a
 * script when it is installed that nobody has decided about.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { policyProblems } from './policy-problems.ts'

type Manifest = {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

type Locked = Manifest & {
  resolved?: string
  link?: boolean
  integrity?: string
  hasInstallScript?: boolean
}

/**
 * Not published for every platform where this project was made: elsewhere anvil and forge come from
 * the PATH. `npm ci` puts up with that in a workspace, but not in the root's package.json.
 */
const NOT_EVERYWHERE = /^@foundry-rs\//

const ROOT = join(import.meta.dirname, '..')

const packages: Record<string, Locked> = readJson('package-lock.json').packages

const problems = [
  ...Object.entries(packages).flatMap(([path, locked]) => [
    ...(path.includes('node_modules/') ? registryProblems(path, locked) : manifestProblems(path)),
    ...platformProblems(path, locked),
  ]),
  ...policyProblems({
    manifests: Object.entries(packages)
      .filter(([path]) => !path.includes('node_modules/'))
      .map(([folder, manifest]) => ({ folder, ...manifest })),
    locked: Object.entries(packages).map(([path, locked]) => ({ path, ...locked })),
    allowScripts: readJson('package.json').allowScripts,
  }),
]
if (problems.length > 0) {
  process.stdout.write(problems.map((problem) => `${problem}\n`).join(''))
  process.exitCode = 1
}

function readJson(path: string) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'))
}

function registryProblems(path: string, { resolved, link, integrity }: Locked): string[] {
  if (link) return []
  if (resolved !== undefined) {
    return [`${path} names a registry, ${resolved}. Delete the line: .npmrc says to leave it out.`]
  }
  return integrity === undefined ? [`${path} has no integrity hash.`] : []
}

/** Compares what the lock file says about one of our own packages with its package.json. */
function manifestProblems(path: string): string[] {
  const file = path === '' ? 'package.json' : `${path}/package.json`
  if (!existsSync(join(ROOT, file))) return [`${file} is gone. Run npm install.`]
  const manifest: Manifest = readJson(file)
  const problems = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter((name) => path === '' && NOT_EVERYWHERE.test(name))
    .map((name) => `${file} depends on ${name}: that must stand in a workspace's package.json.`)
  const isLocked = sorted(manifest) === sorted(packages[path] ?? {})
  return isLocked ? problems : [...problems, `${file} has changed. Run npm install.`]
}

function sorted({ dependencies = {}, devDependencies = {} }: Manifest): string {
  return JSON.stringify([dependencies, devDependencies].map((each) => Object.entries(each).sort()))
}

function platformProblems(path: string, { optionalDependencies = {} }: Locked): string[] {
  return Object.keys(optionalDependencies)
    .filter((name) => !NOT_EVERYWHERE.test(name) && !isLocked(path, name))
    .map(
      (name) =>
        `${path} wants ${name} on some platform and it is missing. Take the newest version of ` +
        `${path} of which every build is published, and run npm install.`,
    )
}

/** Looks `name` up as Node would from `path`: beside it first, then in each folder above. */
function isLocked(path: string, name: string): boolean {
  const beside = path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`
  if (packages[beside] !== undefined) return true
  const above = path.slice(0, Math.max(0, path.lastIndexOf('node_modules/') - 1))
  return path !== '' && isLocked(above, name)
}
