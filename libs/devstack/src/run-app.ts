import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@coffer/errors/app-error'
import { backoffMs, pause } from '@coffer/runtime/backoff'
import { nodeArguments } from './node-arguments.ts'
import type { Stack } from './start-stack.ts'

export type RunAppOptions = {
  /** What people call it: `scanner`. */
  name: string
  /** Its `main.ts`. */
  main: URL
  env: Readonly<Record<string, string>>
  /** Answers 2xx at `/health` once it runs. */
  healthUrl: string
  /** Gets everything that the app prints. */
  logFile: string
  stack: Pick<Stack, 'adopt'>
  /** Start it again when it ends by itself. */
  restart?: boolean
  /** Told whenever it ends without having been asked to. */
  onExit?: (how: AppExit) => void
  /** Whether to wait until it is healthy; default yes. One that is meant to crash may never be. */
  awaitHealth?: boolean
}

/** How a process ended: by a signal, or by itself with an exit code. */
export type AppExit = { code: number | null; signal: NodeJS.Signals | null }

/** A process of Coffer that runs as a child of this one. */
export type RunningApp = {
  name: string
  /** Of the process that runs now; `undefined` while there is none. */
  pid: () => number | undefined
  kill(signal: NodeJS.Signals): void
  /** SIGTERM, and SIGKILL for one that has not ended after 15 s. It is not restarted. */
  stop(): Promise<void>
  /** Resolves when the process that runs now has ended, and says how. */
  exited(): Promise<AppExit>
}

const STOP_MS = 15_000
const HEALTH_POLL_MS = 25
const HEALTH_MAX_MS = 60_000

/** How much of its log an app shows that did not start, and how long that may be on its way. */
const LOG_LENGTH = 2_000
const LOG_MS = 200

/**
 * Starts an app and resolves when it is healthy. Throws {@link AppStartError} when it ends first.
 */
export async function runApp(options: RunAppOptions): Promise<RunningApp> {
  const { name, restart = false, onExit, awaitHealth = true } = options
  await mkdir(dirname(options.logFile), { recursive: true })
  let stopping = false
  let child = start(options)
  let failures = 0

  const watch = async () => {
    while (!stopping) {
      const how = await ended(child)
      if (stopping) return
      onExit?.(how)
      if (!restart) return
      failures += 1
      await pause(backoffMs(failures, { firstMs: 100, maxMs: 5_000 }))
      if (!stopping) child = start(options)
    }
  }

  if (awaitHealth) await healthy(options, () => isRunning(child))
  void watch()
  return {
    name,
    pid: () => (isRunning(child) ? child.pid : undefined),
    kill: (signal) => void child.kill(signal),
    async stop() {
      stopping = true
      await stopChild(child)
    },
    exited: () => ended(child),
  }
}

function start({ main, env, logFile, stack }: RunAppOptions): ChildProcess {
  const child = spawn(process.execPath, [...nodeArguments, fileURLToPath(main)], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C in a terminal goes to the whole group; the owner alone decides who ends when.
    detached: true,
  })
  try {
    stack.adopt(child)
  } catch (error) {
    // The stack is gone, and nobody else would ever end this child.
    child.kill('SIGKILL')
    throw error
  }
  const log = createWriteStream(logFile, { flags: 'a' })
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  child.once('close', () => log.end())
  return child
}

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null

function ended(child: ChildProcess): Promise<AppExit> {
  const how = (): AppExit => ({ code: child.exitCode, signal: child.signalCode })
  if (!isRunning(child)) return Promise.resolve(how())
  return new Promise((resolve) => child.once('exit', () => resolve(how())))
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return
  const killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  // One that is paused by SIGSTOP would never see the SIGTERM.
  child.kill('SIGTERM')
  child.kill('SIGCONT')
  await ended(child)
  clearTimeout(killing)
}

async function healthy(options: RunAppOptions, isAlive: () => boolean): Promise<void> {
  const { name, healthUrl, logFile } = options
  const deadline = performance.now() + HEALTH_MAX_MS
  const failure = async (what: string) => {
    // What it said last may still be on its way to the file.
    await pause(LOG_MS)
    const log = await readFile(logFile, 'utf8').catch(() => '')
    return new AppStartError({ name, logFile, what, log: log.slice(-LOG_LENGTH).trim() })
  }
  while (performance.now() < deadline) {
    if (!isAlive()) throw await failure('ended')
    const answer = await fetch(`${healthUrl}/health`).catch(() => undefined)
    if (answer?.ok) return
    await pause(HEALTH_POLL_MS)
  }
  throw await failure('did not become healthy')
}

/** A process of Coffer did not come up. Its log says why. */
export class AppStartError extends AppError {
  readonly code = 'APP_START'

  constructor(failure: { name: string; logFile: string; what: string; log: string }) {
    const { name, logFile, what, log } = failure
    super(`The ${name} ${what} while it was starting. Its log, ${logFile}, ends:\n${log}`, {
      retry: 'never',
      details: { name, logFile },
    })
  }
}
