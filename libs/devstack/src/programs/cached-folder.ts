import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive, processIdentity } from '../processes/process-identity.ts'

/**
 * Fills the folder `path` once and for all: `fill` works in a new folder beside it, which
 * takes the name `path` when it is complete. A crash leaves nothing half done under `path`.
 */
export async function cachedFolder(
  path: string,
  fill: (dir: string) => Promise<void>,
): Promise<void> {
  if (existsSync(path)) return
  await mkdir(dirname(path), { recursive: true })
  await using _lock = await lockFile(`${path}.lock`)
  if (existsSync(path)) return
  const unfinished = await mkdtemp(`${path}.new-`)
  try {
    await fill(unfinished)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Somebody who took our lock for dead may have been quicker: then all is well.
    if (!existsSync(path)) throw error
  }
}

/**
 * Waits for its turn. The lock only saves doing the same work twice: what matters is the
 * rename, so that two holders after a crash do no harm.
 */
async function lockFile(path: string): Promise<AsyncDisposable> {
  for (;;) {
    const handle = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined
      throw error
    })
    if (handle !== undefined) {
      await handle.writeFile(JSON.stringify(processIdentity(process.pid)))
      await handle.close()
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) }
    }
    if (!(await isHeld(path))) await rm(path, { force: true })
    await pause(100)
  }
}

/** A lock that is still empty is given the time to be written. */
async function isHeld(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === '') await pause(1_000)
  try {
    return isAlive(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return false
  }
}
