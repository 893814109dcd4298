import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endStack } from './end-stack.ts'
import { processIdentity } from './process-identity.ts'
import { formatEntry, type RecordEntry, type StackOwner } from './stack-record.ts'

/** A stack's data and the record of all that must end with it. */
export type StackFolder = {
  dir: string
  /** From now on this child ends with the stack, even if its owner is killed. */
  adopt(child: { pid?: number | undefined }, options?: AdoptOptions): void
  /** From now on this container, or folder outside `dir`, is removed with the stack. */
  record(entry: Exclude<RecordEntry, { kind: 'process' }>): void
  /** Ends everything adopted, at once, and removes the folder. */
  close(): Promise<void>
}

export type AdoptOptions = { name?: string; signal?: 'SIGKILL' | 'SIGQUIT' }

/** Below `home`, so that stacks are found again after a crash. */
export const stacksFolder = (home: string): string => join(resolve(home), 'stacks')

/** Makes a new stack folder under `home` and a watchdog that outlives this process. */
export async function openStackFolder(home: string): Promise<StackFolder> {
  const dir = await makeFolder(home)
  const watchdog = startWatchdog(dir)
  const record = (entry: RecordEntry) =>
    appendFileSync(join(dir, 'record.jsonl'), formatEntry(entry))
  return {
    dir,
    record,
    adopt({ pid }, { name = 'child', signal = 'SIGKILL' } = {}) {
      const identity = pid === undefined ? undefined : processIdentity(pid)
      if (identity !== undefined) record({ kind: 'process', name, signal, ...identity })
    },
    async close() {
      await endStack(dir)
      watchdog.release()
    },
  }
}

/** Appears under its final name only with its owner inside, so that nobody takes it for dead. */
async function makeFolder(home: string): Promise<string> {
  const id = randomBytes(6).toString('hex')
  const parent = stacksFolder(home)
  const unfinished = join(parent, `.new-${id}`)
  await mkdir(unfinished, { recursive: true })
  const identity = processIdentity(process.pid) ?? { pid: process.pid, started: '' }
  const owner: StackOwner = { ...identity, host: hostname() }
  await writeFile(join(unfinished, 'owner.json'), JSON.stringify(owner))
  const dir = join(parent, id)
  await rename(unfinished, dir)
  return dir
}

/** Neither the watchdog nor the pipe to it keeps this process from ending. */
function startWatchdog(dir: string): { release(): void } {
  const script = fileURLToPath(new URL('./watchdog.ts', import.meta.url))
  const watchdog = spawn(process.execPath, [script, dir], {
    // A session of its own: Ctrl-C in a terminal goes to the owner's whole group.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const pipe = watchdog.stdin as Socket
  watchdog.on('error', () => {}).unref()
  pipe.on('error', () => {}).unref()
  return { release: () => pipe.destroy() }
}
