import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** The exit code of a process, or the signal that ended it. */
export async function exitOf(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.signalCode ?? child.exitCode
}
