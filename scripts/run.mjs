/**
 * Runs a TypeScript entry of this repository: `node scripts/run.mjs ENTRY [ARGUMENT…]`.
 *
 * Works straight after a clone, on Node 20 or later: installs what package-lock.json says if that
 * isn't there yet, then starts the entry on the Node that the lock file pins, passes signals on to
 * it, and ends with its exit code. Whatever this file itself has to say goes to standard error, so
 * that standard output belongs to the entry.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const MODULES = join(ROOT, 'node_modules')
const IS_WINDOWS = process.platform === 'win32'
const NODE = join(MODULES, 'node', 'bin', IS_WINDOWS ? 'node.exe' : 'node')

/** Halves what a process of ours takes to start. */
const FIND_DRIZZLE = join(ROOT, 'libs/devstack/src/find-drizzle.ts')

/** kafkajs computes a negative timeout now and then, harmlessly; Node has a warning for each. */
const QUIET = '--disable-warning=TimeoutNegativeWarning'

const [entry, ...entryArguments] = process.argv.slice(2)
if (entry === undefined) fail('Usage: node scripts/run.mjs ENTRY [ARGUMENT…]')

const missing = whatIsMissing()
if (missing !== undefined) install(missing)
run()

/** Why an install is needed, or undefined: npm's record of node_modules against the lock file. */
function whatIsMissing() {
  const installed = packagesIn(join(MODULES, '.package-lock.json'))
  if (installed === undefined || !existsSync(NODE)) return 'Nothing is installed yet'
  const locked = packagesIn(join(ROOT, 'package-lock.json')) ?? {}
  const differs = ([path, { version, integrity, optional }]) => {
    const found = installed[path]
    // A package for another platform is in the lock file and rightly not installed.
    if (found === undefined) return optional !== true
    return found.version !== version || found.integrity !== integrity
  }
  const different = Object.entries(locked)
    .filter(([path]) => path.includes('node_modules/'))
    .find(differs)
  return different && `${different[0]} is not as package-lock.json says`
}

function packagesIn(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : undefined
}

function install(reason) {
  process.stderr.write(`${reason}: running npm ci, this takes a minute or two…\n`)
  const npm = process.env.npm_execpath
  const [command, commandArguments] = npm?.endsWith('.js')
    ? [process.execPath, [npm, 'ci']]
    : ['npm', ['ci']]
  const { status, error } = spawnSync(
    command,
    [...commandArguments, '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
      // On Windows npm is a .cmd file, which only a shell can start.
      shell: IS_WINDOWS && command === 'npm',
    },
  )
  if (status !== 0 || !existsSync(NODE)) {
    fail(
      `npm ci failed${error ? ` (${error.message})` : ''}. See its messages above; then try again.`,
    )
  }
}

function run() {
  const ahead = existsSync(FIND_DRIZZLE) ? [`--import=${pathToFileURL(FIND_DRIZZLE)}`] : []
  const child = spawn(NODE, [QUIET, ...ahead, join(ROOT, entry), ...entryArguments], {
    stdio: 'inherit',
    env: {
      // Every process that is started once more begins with what was compiled the last time.
      NODE_COMPILE_CACHE: join(ROOT, '.coffer', 'cache', 'compiled'),
      ...process.env,
      PATH: `${join(MODULES, '.bin')}${delimiter}${process.env.PATH ?? ''}`,
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches the child by itself; a second one would cut its tidying short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => fail(`Can't start ${NODE}: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
