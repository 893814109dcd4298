import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Builds the console where it is missing, or older than its sources; says so only when there is
 * something to do. Where its tools are not installed Coffer runs without it.
 */
export async function buildConsole(onProgress: (line: string) => void): Promise<void> {
  const main = new URL('../../console/build.ts', import.meta.url)
  try {
    createRequire(main).resolve('vite')
  } catch {
    return onProgress('console: not built, its tools are not installed')
  }
  const child = spawn(process.execPath, [fileURLToPath(main)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) if (line !== '') onProgress(line)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) onProgress(`console: not built\n${said.trimEnd()}`)
}
