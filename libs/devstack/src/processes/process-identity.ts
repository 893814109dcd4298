import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** One process for good: a pid alone may be given to another program after its end. */
export type ProcessIdentity = {
  pid: number
  /** When it started, in whatever form this system tells it; compared, never read. */
  started: string
}

/** The process that has `pid` now; `undefined` when there is none or only its remains. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startedByProc(pid) : startedByPs(pid)
  return started === undefined ? undefined : { pid, started }
}

/** Whether exactly this process still runs. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  return processIdentity(pid)?.started === started
}

/** Whether SIGSTOP has reached every thread of the process that has `pid`, or it has ended. */
export function isSuspended(pid: number): boolean {
  return process.platform === 'linux' ? isSuspendedByProc(pid) : isSuspendedByPs(pid)
}

function isSuspendedByProc(pid: number): boolean {
  try {
    const tasks = `/proc/${pid}/task`
    return readdirSync(tasks).every((id) => isSuspendedTask(`${tasks}/${id}/stat`))
  } catch {
    return true
  }
}

function isSuspendedTask(statFile: string): boolean {
  try {
    return /^[TtZX]$/.test(fieldsOf(readFileSync(statFile, 'utf8'))[0] ?? '')
  } catch {
    // The thread has ended since it was listed.
    return true
  }
}

function isSuspendedByPs(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return /^[TZ]|^$/.test((stdout ?? '').trim())
}

/** The start time in `/proc/<pid>/stat`; `undefined` for a zombie, which has ended. */
export function parseProcStat(stat: string): string | undefined {
  const fields = fieldsOf(stat)
  return fields[0] === 'Z' ? undefined : fields[19]
}

/** The program's name stands in brackets and may itself hold spaces and brackets. */
const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ')

function startedByProc(pid: number): string | undefined {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined
  }
}

function startedByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  })
  const [state = '', ...started] = (stdout ?? '').trim().split(/\s+/)
  return state === '' || state.startsWith('Z') ? undefined : started.join(' ')
}
