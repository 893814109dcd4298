import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError, describeError } from '@coffer/errors/app-error'
import type { StackFolder } from '../processes/stack-folder.ts'
import type { Launch, Part, PartPlan } from './part-plan.ts'

/** A child whose end can be waited for. */
export type LaunchedPart = {
  pid: number
  hasEnded(): boolean
  ended: Promise<void>
}

export type LaunchOptions = { plan: PartPlan; folder: StackFolder; launch: Launch; port: number }

/** How long a part may take to answer its first request. */
const READY_MS = 90_000

/** How much of its log a failed part shows. */
const LOG_LENGTH = 1_500

/** Runs a part until it has answered a real request. Throws {@link PartFailedError}. */
export async function launchPart(options: LaunchOptions): Promise<LaunchedPart> {
  const { plan, folder, launch, port } = options
  const { name = plan.part } = plan
  const logFile = join(folder.dir, `${name}.log`)
  const logStart = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  const log = () => readFileSync(logFile, 'utf8').slice(logStart)
  const child = spawnPart(launch, { dir: folder.dir, logFile })
  if (child.pid === undefined) throw await spawnFailure(plan.part, child)
  folder.adopt(child, { name, signal: plan.lastSignal })
  const launched = watch(child, child.pid)
  const problem = await untilReady(launched, () => plan.prove({ port, pid: launched.pid, log }))
  if (problem === undefined) return launched
  child.kill(plan.lastSignal)
  await launched.ended
  throw new PartFailedError({ part: plan.part, problem, log: log().slice(-LOG_LENGTH) })
}

function spawnPart(launch: Launch, { dir, logFile }: { dir: string; logFile: string }) {
  const output = openSync(logFile, 'a')
  try {
    return spawn(launch.command, launch.args, {
      cwd: launch.cwd ?? dir,
      // Ctrl-C in a terminal goes to the whole group: we alone decide when a part ends.
      detached: true,
      stdio: ['ignore', output, output],
      ...launch.account,
    })
  } finally {
    closeSync(output)
  }
}

async function spawnFailure(part: Part, child: ChildProcess): Promise<PartFailedError> {
  const { promise, resolve } = Promise.withResolvers<Error>()
  child.once('error', resolve)
  return new PartFailedError({ part, problem: (await promise).message, log: '' })
}

function watch(child: ChildProcess, pid: number): LaunchedPart {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  return { pid, ended, hasEnded: () => child.exitCode !== null || child.signalCode !== null }
}

/** Answers what went wrong, or `undefined` once `prove` has succeeded. */
async function untilReady(
  launched: LaunchedPart,
  prove: () => Promise<void>,
): Promise<string | undefined> {
  const deadline = performance.now() + READY_MS
  let last: unknown = 'it was never asked'
  while (performance.now() < deadline) {
    if (launched.hasEnded()) return 'it ended before it answered a request'
    try {
      await prove()
      return undefined
    } catch (error) {
      last = error
    }
    await pause(25)
  }
  return `it answered no request within ${READY_MS / 1_000} seconds (${describeError(last)})`
}

/** A part's program didn't come up; its log says why. */
export class PartFailedError extends AppError {
  readonly code = 'DEVSTACK_PART_FAILED'

  constructor({ part, problem, log }: { part: Part; problem: string; log: string }) {
    const said = log.trim() === '' ? '' : ` Its log ends:\n${log.trim()}`
    super(`Could not start ${part}: ${problem}.${said}`, {
      retry: 'retry',
      details: { part, problem, log },
    })
  }
}
