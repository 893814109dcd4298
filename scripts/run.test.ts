/**
 * Goal: a fresh clone runs with one command, and what runs ends with it. Method: the real script in
 * a repository of its own, with a stand-in for npm that installs nothing but a Node.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** Installs what the lock file says, as far as run.mjs can see, and leaves a trace. */
const NPM = `
const fs = require('node:fs')
fs.appendFileSync('installs', process.argv.slice(2, 3) + '\\n')
fs.rmSync('node_modules', { recursive: true, force: true })
fs.mkdirSync('node_modules/node/bin', { recursive: true })
if (fs.existsSync('offline')) process.exit(1)
fs.symlinkSync(process.execPath, 'node_modules/node/bin/node')
fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
console.log('added 2 packages')
`

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'coffer-run-'))
  mkdirSync(join(root, 'scripts'))
  cpSync(join(import.meta.dirname, 'run.mjs'), join(root, 'scripts/run.mjs'))
  write('npm.js', NPM)
  lock('1.0.0')
  write('say.ts', 'console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7')
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('installs first, then runs the entry: its output and exit code are the outcome', async () => {
  expect(await run('say.ts', '--json', 'two words')).toMatchObject({
    stdout: '["--json","two words"]\n',
    code: 7,
  })
  expect(installs()).toEqual(['ci'])
})

test('installs again when the lock file has changed, and only then', async () => {
  await run('say.ts')
  await run('say.ts')
  expect(installs()).toHaveLength(1)

  lock('1.0.1')
  await run('say.ts')
  expect(installs()).toHaveLength(2)
})

test('says that the install failed and runs nothing', async () => {
  write('offline', '')

  const { stdout, stderr, code } = await run('say.ts')

  expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
  expect(stderr).toContain('npm ci failed')
})

test('passes SIGTERM on and stays until the entry has tidied up', async () => {
  write(
    'tidy.ts',
    `process.on('SIGTERM', () => setImmediate(() => { console.log('tidied'); process.exit(3) }))
     setInterval(() => undefined, 1_000)
     console.log('up')`,
  )
  const { child, outcome } = start('tidy.ts')
  child.stdout.once('data', () => child.kill('SIGTERM'))

  expect(await outcome).toMatchObject({ stdout: 'up\ntidied\n', code: 3 })
})

test('an entry that a signal ended counts as failed', async () => {
  write('die.ts', "process.kill(process.pid, 'SIGKILL')")

  expect(await run('die.ts')).toMatchObject({ code: 128 + 9 })
})

function write(file: string, content: string): void {
  writeFileSync(join(root, file), content)
}

function lock(version: string): void {
  const packages = {
    '': { version: '1.0.0' },
    'node_modules/node': { version, integrity: `sha512-${version}` },
    'node_modules/only-on-some-platform': { version, optional: true },
  }
  write('package-lock.json', JSON.stringify({ packages }))
}

const installs = () => readFileSync(join(root, 'installs'), 'utf8').trim().split('\n')

const run = (...args: string[]) => start(...args).outcome

function start(...args: string[]) {
  const child = spawn(process.execPath, [join(root, 'scripts/run.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, npm_execpath: join(root, 'npm.js') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const outcome = Promise.all([text(child.stdout), text(child.stderr), ended]).then(
    ([stdout, stderr, code]) => ({ stdout, stderr, code }),
  )
  return { child, outcome }
}
