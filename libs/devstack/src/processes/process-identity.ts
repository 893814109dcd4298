import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

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

/** The start time in `/proc/<pid>/stat`; `undefined` for a zombie, which has ended. */
export function parseProcStat(stat: string): string | undefined {
  // The program's name stands in brackets and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : fields[19]
}

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
