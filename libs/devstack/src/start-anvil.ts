import { planAnvil } from './parts/plan-anvil.ts'
import { runPart } from './parts/run-part.ts'
import { openStackFolder } from './processes/stack-folder.ts'
import { runProgram } from './programs/run-program.ts'

export type AnvilOptions = {
  /** Default: a free one. */
  port?: number
  /** Extra arguments, such as `--no-mining`. */
  arguments?: readonly string[]
  /** Like a stack's `home`: where its folder is made; default `.coffer`. */
  dir?: string
}

export type Anvil = AsyncDisposable & {
  url: string
  readonly pid: number
  /** Asks it to end in order and waits. */
  stop(): Promise<void>
  /** Sends `signal`, SIGKILL by default, and waits for what it does, as a part of a stack does. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Runs it again on the same port, with the chain it had if it was stopped in order. */
  start(): Promise<void>
}

/** One Anvil alone, for a test that wants a chain of its own. Ends with this process. */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const folder = await openStackFolder(options.dir ?? '.coffer')
  try {
    const plan = planAnvil(folder.dir, options.arguments)
    const { running, url } = await runPart(plan, { folder, run: runProgram, port: options.port })
    return {
      url,
      get pid() {
        return running.pid
      },
      stop: () => running.stop(),
      kill: (signal) => running.kill(signal),
      start: () => running.start(),
      [Symbol.asyncDispose]: () => folder.close(),
    }
  } catch (error) {
    await folder.close()
    throw error
  }
}
