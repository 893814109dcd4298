import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { isSuspended } from '../processes/process-identity.ts'
import type { StackFolder } from '../processes/stack-folder.ts'
import { dockerSignal } from '../programs/docker-run.ts'
import type { RunProgram } from '../programs/run-program.ts'
import {
  type LaunchedPart,
  type LaunchOptions,
  launchPart,
  PartFailedError,
} from './launch-part.ts'
import type { Part, PartPlan } from './part-plan.ts'

/** One part of a stack that this process started. */
export type RunningPart = {
  part: Part
  /** Of the process that runs now or, stopped, ran last. */
  readonly pid: number
  /** Asks it to end in order and waits; what doesn't end is killed. */
  stop(): Promise<void>
  /**
   * Sends `signal`, SIGKILL by default, and waits for the end; for SIGSTOP until nothing of it runs
   * any more, since it may answer requests until then. After SIGCONT there is nothing to wait for.
   */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Runs it again on the same port and data; resolves when it has answered a request. */
  start(): Promise<void>
}

export type PartContext = { folder: StackFolder; run: RunProgram; port?: number | undefined }

/** How long a part may take to end in order. */
const STOP_MS = 15_000

/** How long the kernel may take to suspend every thread of a busy machine. */
const SUSPENDED_MS = 30_000

/** How long to try a restart while the last process's remains are in its way. */
const RESTART_MS = 30_000

/** How many ports are tried before we believe that the port isn't what is wrong. */
const PORTS_MAX = 5

/** What the parts say when somebody else has their port. */
const PORT_TAKEN = /address (already )?in use|could not bind|port is already allocated/i

/** What PostgreSQL says while the children of one that was killed still end. */
const STILL_ENDING = /pre-existing shared memory block|lock file .* already exists/i

/** Starts what `plan` describes, on a free port if none is wanted, and proves it ready. */
export async function runPart(
  plan: PartPlan,
  { folder, run, port: wanted }: PartContext,
): Promise<{ running: RunningPart; url: string }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort())
    const launch = await plan.configure(port)
    try {
      const launched = await launchPart({ plan, folder, launch, port })
      const running = controlPart({ plan, folder, launch, port }, { run, launched })
      return { running, url: plan.url(port) }
    } catch (error) {
      const taken = error instanceof PartFailedError && PORT_TAKEN.test(error.message)
      if (!taken || wanted !== undefined || attempt === PORTS_MAX) throw error
    }
  }
}

function controlPart(
  options: LaunchOptions,
  { run, launched: first }: { run: RunProgram; launched: LaunchedPart },
): RunningPart {
  const { plan, launch } = options
  let launched = first

  async function send(signal: NodeJS.Signals): Promise<void> {
    if (launched.hasEnded()) return
    if (launch.container === undefined) process.kill(launched.pid, signal)
    else await run('docker', dockerSignal(launch.container, signal))
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await send(signal)
    // Docker waits for that itself.
    if (signal === 'SIGSTOP' && launch.container === undefined) await untilSuspended(launched.pid)
    else if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await launched.ended
  }

  return {
    part: plan.part,
    get pid() {
      return launched.pid
    },
    kill,
    async stop() {
      await send(plan.gentleSignal)
      // A suspended program acts on it only when it goes on.
      await send('SIGCONT')
      const late = new AbortController()
      const timeout = pause(STOP_MS, 'late', { signal: late.signal }).catch(() => undefined)
      const outcome = await Promise.race([launched.ended, timeout])
      late.abort()
      if (outcome === 'late') await kill()
    },
    async start() {
      if (!launched.hasEnded()) return
      launched = await relaunch(options)
    },
  }
}

async function untilSuspended(pid: number): Promise<void> {
  const deadline = performance.now() + SUSPENDED_MS
  while (!isSuspended(pid)) {
    if (performance.now() > deadline) throw new Error(`Process ${pid} still runs after SIGSTOP.`)
    await pause(1)
  }
}

async function relaunch(options: LaunchOptions): Promise<LaunchedPart> {
  const { plan, launch } = options
  const deadline = performance.now() + RESTART_MS
  for (;;) {
    try {
      return await launchPart({ ...options, launch: plan.relaunch?.(launch) ?? launch })
    } catch (error) {
      const passing =
        error instanceof PartFailedError &&
        (PORT_TAKEN.test(error.message) || STILL_ENDING.test(error.message))
      if (!passing || performance.now() > deadline) throw error
    }
    await pause(100)
  }
}
