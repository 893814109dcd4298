import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive } from './process-identity.ts'
import { parseRecord, type RecordEntry, type RecordedProcess } from './stack-record.ts'

/** How long a process may take over SIGQUIT before SIGKILL follows. */
const QUIT_MS = 2_000

/** How long the kernel may take to clear away a killed process. */
const KILL_MS = 5_000

/**
 * Ends every process recorded in the stack folder `dir`, at once, then removes its data.
 * Answers what still ran. Safe to call twice, and by two processes at the same time.
 */
export async function endStack(dir: string): Promise<RecordedProcess[]> {
  const entries = readRecord(dir)
  const running = entries.filter((entry) => entry.kind === 'process').filter(isAlive)
  await endProcesses(running)
  removeContainers(entries.flatMap((entry) => (entry.kind === 'container' ? entry.name : [])))
  const folders = entries.flatMap((entry) => (entry.kind === 'folder' ? entry.path : []))
  for (const folder of [...folders, dir]) {
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
  return running
}

async function endProcesses(processes: readonly RecordedProcess[]): Promise<void> {
  for (const recorded of processes) {
    signal(recorded, recorded.signal)
    // A suspended process acts on SIGQUIT only when it goes on.
    signal(recorded, 'SIGCONT')
  }
  await untilGone(processes, QUIT_MS)
  for (const recorded of processes) signal(recorded, 'SIGKILL')
  await untilGone(processes, KILL_MS)
}

function signal(recorded: RecordedProcess, name: NodeJS.Signals): void {
  if (!isAlive(recorded)) return
  try {
    process.kill(recorded.pid, name)
  } catch {
    // It ended between the look and the signal.
  }
}

async function untilGone(processes: readonly RecordedProcess[], limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs
  while (processes.some(isAlive) && performance.now() < deadline) await pause(10)
}

function removeContainers(names: readonly string[]): void {
  if (names.length === 0) return
  spawnSync('docker', ['rm', '--force', '--volumes', ...names], { stdio: 'ignore' })
}

function readRecord(dir: string): RecordEntry[] {
  try {
    return parseRecord(readFileSync(join(dir, 'record.jsonl'), 'utf8'))
  } catch {
    return []
  }
}
