import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { type AppName, DEPOSIT_APPS } from '@coffer/cli/start-coffer'
import { quickNode } from '@coffer/testkit/quick-node'
import { waitFor } from '@coffer/testkit/wait-for'

const MAIN = resolve(import.meta.dirname, '../../apps/cli/src/main.ts')

export type Ran = { code: number | null; stdout: string; stderr: string }

export type Environment = Readonly<Record<string, string>>

/** Starts `coffer` in a process group of its own, as a terminal does, with `env` alone. */
function startProcess(args: readonly string[], env: Environment) {
  const { PATH = '', HOME = '' } = process.env
  return spawn(process.execPath, [...quickNode.args, MAIN, ...args], {
    env: { PATH, HOME, ...quickNode.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
}

/** Runs a command of `coffer` to its end. */
export async function runCoffer(args: readonly string[], env: Environment = {}): Promise<Ran> {
  const child = startProcess(args, env)
  const ended = once(child, 'exit') as Promise<[number | null]>
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ])
  return { code, stdout, stderr }
}

/** Runs a command of `coffer` to its end, and tells every process that it was seen to start. */
export async function runCofferWatched(
  args: readonly string[],
  env: Environment = {},
): Promise<Ran & { started: string[] }> {
  const child = startProcess(args, env)
  const ended = once(child, 'exit') as Promise<[number | null]>
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const started = new Set<string>()
  const hasEnded = () => {
    for (const line of descendantsOf(`${child.pid}`)) started.add(line)
    return child.exitCode !== null || child.signalCode !== null
  }
  await waitFor(hasEnded, { what: 'the command to end', timeoutMs: 120_000, intervalMs: 50 })
  const [[code], [stdout, stderr]] = await Promise.all([ended, output])
  return { code, stdout, stderr, started: [...started] }
}

/** What `coffer up --json` prints. */
export type Facts = {
  api: string
  docs: string
  openapi: string
  apiKey: string
  databaseUrl: string
  kafkaBrokers: string
  redisUrl: string
  rpcUrl: string
  assets: { asset: string; symbol: string; contract: string | null }[]
  processes: { name: string; pid: number }[]
}

/** A `coffer` that runs until it is told to stop. Disposing kills it. */
export type LongRun = AsyncDisposable & {
  child: ChildProcess
  /** What it has printed on standard error. */
  told(): string
  /** Sends a signal to its whole group, as a terminal does at Ctrl-C, and waits for its end. */
  interrupt(signal?: NodeJS.Signals): Promise<number | null>
}

export type Up = LongRun & { facts: Facts }

export function startRun(args: readonly string[], env: Environment = {}): LongRun {
  const child = startProcess(args, env)
  const ended = once(child, 'exit') as Promise<[number | null]>
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    told += chunk
  })
  return {
    child,
    told: () => told,
    async interrupt(signal = 'SIGINT') {
      process.kill(-(child.pid as number), signal)
      const [code] = await ended
      return code
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await ended
    },
  }
}

/**
 * Runs `coffer up --json` and resolves when it has printed its last line. Fewer apps are up sooner.
 */
export async function startUp(
  home: string,
  env: Environment = {},
  apps: readonly AppName[] = DEPOSIT_APPS,
): Promise<Up> {
  const run = startRun(['up', '--json', '--home', home, '--apps', apps.join()], env)
  let printed = ''
  run.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk
  })
  const isUp = () => {
    if (run.child.exitCode !== null) return 'ended'
    return printed.endsWith('\n') && 'up'
  }
  const outcome = await waitFor(isUp, { what: 'coffer to be up', timeoutMs: 120_000 })
  if (outcome === 'ended') throw new Error(`coffer up ended: ${run.told()}`)
  return { ...run, facts: JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Facts }
}

/** Every process that works for the Coffer in `home`, as `pid command`. */
export function processesOf(home: string): string[] {
  const adopted = new Set(recordedPids(home))
  return processTable()
    .filter(({ pid, parent, args }) => {
      return adopted.has(pid) || adopted.has(parent) || args.includes(resolve(home))
    })
    .map(lineOf)
}

/** Waits until none of `processes` runs. */
export async function untilGone(processes: readonly string[]): Promise<void> {
  let left = processes
  const isGone = () => {
    const running = new Set(processTable().map(lineOf))
    left = left.filter((line) => running.has(line))
    return left.length === 0
  }
  await waitFor(isGone, { what: 'every process to end' }).catch((cause) => {
    throw new Error(`These still run:\n${left.join('\n')}`, { cause })
  })
}

type Process = { pid: string; parent: string; args: string }

const lineOf = ({ pid, args }: Process) => `${pid} ${args}`

/** Processes that `pid` started and that those started, whose parents still run. */
function descendantsOf(pid: string): string[] {
  const family = new Set([pid])
  const found: Process[] = []
  const table = processTable()
  for (let before = -1; before < found.length; ) {
    before = found.length
    for (const each of table.filter(({ parent }) => family.has(parent))) {
      if (family.has(each.pid)) continue
      family.add(each.pid)
      found.push(each)
    }
  }
  return found.map(lineOf)
}

function processTable(): Process[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
  return stdout.split('\n').map((line) => {
    const [pid = '', parent = '', ...command] = line.trim().split(/\s+/)
    return { pid, parent, args: command.join(' ') }
  })
}

/** Which of the servers that a Coffer had started still take connections. */
export async function openPorts(facts: Facts): Promise<string[]> {
  const { api, databaseUrl, kafkaBrokers, redisUrl, rpcUrl } = facts
  const urls = [api, databaseUrl, `kafka://${kafkaBrokers}`, redisUrl, rpcUrl]
  const open = await Promise.all(
    urls.map(async (url) => ((await takesConnections(url)) ? [url] : [])),
  )
  return open.flat()
}

function takesConnections(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((done) => {
    const socket = connect({ host: hostname, port: Number(port) })
    socket.once('connect', () => done(true)).once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })
}

function recordedPids(home: string): string[] {
  const stacks = join(home, 'stacks')
  if (!existsSync(stacks)) return []
  return readdirSync(stacks, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readRecord(join(stacks, name, 'record.jsonl')).split('\n'))
    .flatMap((line) => /"kind":"process".*"pid":([0-9]+)/.exec(line)?.[1] ?? [])
}

/** A stack that begins has none yet, and one that ends has none any more. */
function readRecord(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
