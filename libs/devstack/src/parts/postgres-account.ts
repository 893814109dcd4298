import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { MissingToolError } from '../programs/missing-tool-error.ts'
import type { RunProgram } from '../programs/run-program.ts'

export type Account = { uid: number; gid: number }

/** Accounts that may stand in for root: the first is made for this, the second is everywhere. */
const STAND_INS = ['postgres', 'nobody']

/**
 * The account to run PostgreSQL under: `undefined` is our own. It refuses root, so for root
 * it is an account that exists already; none is ever made.
 */
export async function postgresAccount(run: RunProgram): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const name of STAND_INS) {
    const [uid, gid] = await Promise.all([idOf(run, '-u', name), idOf(run, '-g', name)])
    if (uid !== undefined && gid !== undefined) return { uid, gid }
  }
  throw new MissingToolError(
    'PostgreSQL refuses to run as root, and there is no account "postgres" or "nobody" to ' +
      'run it under. Start as another user, or set DATABASE_URL to a running server.',
  )
}

/** Whether an account other than the owners can come to `path`: every folder lets it through. */
export async function isReachable(path: string): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const { mode } = await stat(folder)
    if ((mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

async function idOf(run: RunProgram, flag: string, name: string): Promise<number | undefined> {
  const result = await run('id', [flag, name])
  if (result === 'missing' || result.code !== 0) return undefined
  const id = Number(result.output.trim())
  return Number.isSafeInteger(id) && id > 0 ? id : undefined
}
