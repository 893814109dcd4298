import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type GuideStep, guideSteps, isShown } from './guide-steps.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

/** Printed between two steps. */
const MARK = 'guide-step-has-ended'

/** A guide that is typed step by step into one shell. Disposing ends what it left running. */
export type RunningGuide = AsyncDisposable & {
  /**
   * Types what is left up to the heading `until`, or all. Throws at the first step that fails or
   * prints something else than the guide shows.
   */
  type(until?: string): Promise<void>
  /** What a variable of its shell holds. */
  variable(name: string): Promise<string>
}

/** Opens `docs/guides/{name}.md` in a shell at the top of the repository with `env` added. */
export function openGuide(name: string, env: Readonly<Record<string, string>>): RunningGuide {
  const file = `docs/guides/${name}.md`
  const steps = guideSteps(readFileSync(join(ROOT, file), 'utf8'))
  const shell = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail'], {
    ...{ cwd: ROOT, env: { ...process.env, ...env }, detached: true },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = once(shell, 'exit')
  let printed = ''
  let heard = () => {}
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk
      heard()
    })
  }
  const run = async (commands: string): Promise<{ output: string; isEnded: boolean }> => {
    printed = ''
    shell.stdin.write(`{\n${commands}\n} 2>&1\necho ${MARK}\n`)
    const marked = new Promise<boolean>((tell) => {
      heard = () => printed.endsWith(`${MARK}\n`) && tell(false)
    })
    const isEnded = await Promise.race([marked, ended.then(() => true)])
    return { output: printed.replace(`${MARK}\n`, ''), isEnded }
  }
  const type = async ({ line, commands, output: shown }: GuideStep): Promise<void> => {
    const { output, isEnded } = await run(commands)
    if (isEnded) throw new Error(`${file}:${line} failed:\n${commands}\n\n${output}`)
    if (shown !== undefined && !isShown(shown, output)) {
      throw new Error(`${file}:${line} shows\n${shown}\n\nand this was printed:\n${output}`)
    }
  }
  return {
    async type(until) {
      if (until !== undefined && !steps.some(({ heading }) => heading === until)) {
        throw new Error(`${file} has no step under "${until}".`)
      }
      while (steps[0] !== undefined && steps[0].heading !== until) {
        await type(steps.shift() as GuideStep)
      }
    },
    async variable(each) {
      return (await run(`printf %s "$${each}"`)).output
    },
    async [Symbol.asyncDispose]() {
      if (shell.exitCode === null && shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL')
      await ended
    },
  }
}
