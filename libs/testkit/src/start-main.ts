import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { exitOf } from './exit-of.ts'
import { quickNode } from './quick-node.ts'

export type StartMainOptions = {
  /** What ends the process with the test. */
  resources: AsyncDisposableStack
  /** All of its settings; it inherits none but where compiled code is kept. */
  env: NodeJS.ProcessEnv
}

/** Runs an app's `main.ts` as it runs in production, silently. */
export function startMain(main: URL, { resources, env }: StartMainOptions): ChildProcess {
  const child = spawn(process.execPath, [...quickNode.args, fileURLToPath(main)], {
    stdio: 'inherit',
    env: { LOG_LEVEL: 'silent', NODE_ENV: 'test', NODE_NO_WARNINGS: '1', ...quickNode.env, ...env },
  })
  resources.defer(async () => {
    child.kill('SIGKILL')
    await exitOf(child)
  })
  return child
}
