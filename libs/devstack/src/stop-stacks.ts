import { readdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { endStack } from './processes/end-stack.ts'
import { isAlive } from './processes/process-identity.ts'
import { stacksFolder } from './processes/stack-folder.ts'
import { parseOwner, type StackOwner } from './processes/stack-record.ts'

export type StopStacksOptions = {
  /** Folder that holds every stack's data and pid records; default `.coffer`. */
  home?: string
  /** Also stacks whose owner still runs; the owner is asked to end first. */
  all?: boolean
}

export type StoppedStack = { dir: string; stopped: { name: string; pid: number }[] }

/** How long an owner may take to end its own stack before it is killed. */
const OWNER_MS = 10_000

/**
 * Ends every stack under `home` whose owner is gone, or all of them, and removes their data.
 * Answers what was stopped.
 */
export async function stopStacks(options: StopStacksOptions = {}): Promise<StoppedStack[]> {
  const { home = '.coffer', all = false } = options
  const stacks = await findStacks(stacksFolder(home))
  const owned = stacks.filter(({ owner }) => owner !== undefined && mayRun(owner))
  // One owner may have several stacks, and is to be asked once.
  const owners = new Map<number, StackOwner>()
  for (const { owner } of all ? owned : []) {
    if (owner !== undefined && mayEnd(owner)) owners.set(owner.pid, owner)
  }
  await Promise.all([...owners.values()].map(endOwner))
  const toStop = all ? stacks : stacks.filter((stack) => !owned.includes(stack))
  return Promise.all(
    toStop.map(async ({ dir, owner }) => {
      const ended = owner === undefined ? undefined : owners.get(owner.pid)
      const stopped = [...(ended ? [{ name: 'owner', ...ended }] : []), ...(await endStack(dir))]
      return { dir, stopped: stopped.map(({ name, pid }) => ({ name, pid })) }
    }),
  )
}

type FoundStack = { dir: string; owner: StackOwner | undefined }

async function findStacks(parent: string): Promise<FoundStack[]> {
  const names = await readdir(parent).catch(() => [])
  const dirs = names.filter((name) => !name.startsWith('.')).map((name) => join(parent, name))
  return Promise.all(
    dirs.map(async (dir) => {
      const text = await readFile(join(dir, 'owner.json'), 'utf8').catch(() => '')
      return { dir, owner: parseOwner(text) }
    }),
  )
}

/** Of another machine's or container's process we can't know. */
const mayRun = (owner: StackOwner): boolean => owner.host !== hostname() || isAlive(owner)

const mayEnd = (owner: StackOwner): boolean =>
  owner.host === hostname() && owner.pid !== process.pid

async function endOwner(owner: StackOwner): Promise<void> {
  signal(owner, 'SIGTERM')
  const deadline = performance.now() + OWNER_MS
  while (isAlive(owner) && performance.now() < deadline) await pause(20)
  signal(owner, 'SIGKILL')
}

function signal(owner: StackOwner, name: NodeJS.Signals): void {
  try {
    if (isAlive(owner)) process.kill(owner.pid, name)
  } catch {
    // It ended between the look and the signal.
  }
}
