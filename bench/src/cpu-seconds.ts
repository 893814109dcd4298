import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of the kernel's clock in `/proc`, which are of this length wherever Linux runs. */
const TICKS_PER_SECOND = 100

/** Places in what follows a process's name in `/proc/PID/stat`: proc_pid_stat(5). */
const [PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM] = [1, 11, 12, 13, 14] as const

/**
 * Processor time that a process has taken with all below it, those that have ended too. `undefined`
 * where there is no `/proc`.
 */
export function cpuSeconds(pid: number): number | undefined {
  const stats = allStats()
  if (!stats.has(pid)) return undefined
  const below = [pid]
  let ticks = 0
  for (let next = below.pop(); next !== undefined; next = below.pop()) {
    const stat = stats.get(next) ?? []
    for (const field of [USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM]) ticks += stat[field] ?? 0
    for (const [child, { [PARENT]: parent }] of stats) if (parent === next) below.push(child)
  }
  return ticks / TICKS_PER_SECOND
}

function allStats(): Map<number, number[]> {
  const stats = new Map<number, number[]>()
  for (const name of processNames()) {
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The name of a program, in parentheses, may hold anything.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      stats.set(Number(name), fields.map(Number))
    } catch {
      // It has ended meanwhile; whoever waited for it has its time now.
    }
  }
  return stats
}

function processNames(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))
  } catch {
    return []
  }
}
