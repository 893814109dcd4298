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
  const parent = stacksFolder(home)
  const names = await readdir(parent).catch(() => [])
  const dirs = names.filter((name) => !name.startsWith('.')).map((name) => join(parent, name))
  const stopped = await Promise.all(dirs.map((dir) => stopStack(dir, all)))
  return stopped.flat()
}

async function stopStack(dir: string, all: boolean): Promise<StoppedStack[]> {
  const owner = await readOwner(dir)
  if (!all && owner !== undefined && mayRun(owner)) return []
  const own = all && owner !== undefined && mayRun(owner) ? await endOwner(owner) : []
  const processes = await endStack(dir)
  return [{ dir, stopped: [...own, ...processes.map(({ name, pid }) => ({ name, pid }))] }]
}

/** Of another machine's or container's process we can't know. */
const mayRun = (owner: StackOwner): boolean => owner.host !== hostname() || isAlive(owner)

async function endOwner(owner: StackOwner): Promise<StoppedStack['stopped']> {
  if (owner.host !== hostname() || owner.pid === process.pid) return []
  process.kill(owner.pid, 'SIGTERM')
  const deadline = performance.now() + OWNER_MS
  while (isAlive(owner) && performance.now() < deadline) await pause(20)
  if (isAlive(owner)) process.kill(owner.pid, 'SIGKILL')
  return [{ name: 'owner', pid: owner.pid }]
}

const readOwner = async (dir: string): Promise<StackOwner | undefined> =>
  parseOwner(await readFile(join(dir, 'owner.json'), 'utf8').catch(() => ''))
