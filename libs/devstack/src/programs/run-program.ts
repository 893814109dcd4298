import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export type RunOptions = {
  cwd?: string
  uid?: number
  gid?: number
  timeoutMs?: number
  onLine?: (line: string) => void
  /** Told of the child at once, so that it can be recorded. */
  onSpawn?: (child: { pid?: number | undefined }) => void
}

export type ProgramResult = { code: number; output: string }

/** Runs a program found on PATH to its end; `missing` when there is none by this name. */
export type RunProgram = (
  command: string,
  args: readonly string[],
  options?: RunOptions,
) => Promise<ProgramResult | 'missing'>

/** How much of a program's output is kept, from its end. */
const OUTPUT_LENGTH = 8_000

export const runProgram: RunProgram = (command, args, options = {}) => {
  const { timeoutMs, onLine, onSpawn, ...rest } = options
  const { promise, resolve, reject } = Promise.withResolvers<ProgramResult | 'missing'>()
  const child = spawn(command, args, {
    ...rest,
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    // In a group of its own it isn't hit by the Ctrl-C that is meant for us.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onSpawn?.(child)
  let output = ''
  const keep = (line: string) => {
    output = `${output}${line}\n`.slice(-OUTPUT_LENGTH)
    onLine?.(line)
  }
  createInterface(child.stdout).on('line', keep)
  createInterface(child.stderr).on('line', keep)
  child.on('error', (error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? resolve('missing') : reject(error),
  )
  child.on('close', (code) => resolve({ code: code ?? 1, output }))
  return promise
}
