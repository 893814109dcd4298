import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@coffer/errors/app-error'
import { pause } from '@coffer/runtime/backoff'
import { rememberedCoffer } from './running-coffer.ts'

/** How often it is looked whether it is up, milliseconds. */
const LOOK_MS = 200

/**
 * Runs this command once more without `--detach`, in the background, and returns when its API
 * answers. Where one runs already it starts none. Throws {@link UpFailedError}.
 */
export async function upInBackground(home: string): Promise<void> {
  const running = await answering(home)
  if (running !== undefined) return console.log(`It runs already: ${running}`)
  const folder = join(home, 'logs')
  const logFile = join(folder, 'up.log')
  await mkdir(folder, { recursive: true })
  const log = await open(logFile, 'a')
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const sameArguments = process.argv.slice(2).filter((each) => each !== '--detach')
  const child = spawn(process.execPath, [...process.execArgv, main, ...sameArguments], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  const ended = once(child, 'exit').then(() => true)
  await log.close()
  for (;;) {
    const api = await answering(home)
    if (api !== undefined) {
      child.unref()
      return console.log(`It is up: ${api}. Its log is ${logFile}; \`coffer down\` stops it.`)
    }
    if (await Promise.race([ended, pause(LOOK_MS)])) throw new UpFailedError(logFile)
  }
}

/** The API of a Coffer that was started here and answers. */
async function answering(home: string): Promise<string | undefined> {
  const { api } = await rememberedCoffer(home)
  if (api === undefined) return undefined
  const answer = await fetch(new URL('/health', api)).catch(() => undefined)
  return answer?.ok ? api : undefined
}

/** What was started in the background has ended. */
export class UpFailedError extends AppError {
  readonly code = 'CLI_UP'

  constructor(logFile: string) {
    super(`It ended before it was up. ${logFile} says why.`, {
      retry: 'never',
      details: { logFile },
    })
  }
}
