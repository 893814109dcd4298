import type { AppName } from '@coffer/cli/start-coffer'
import type { CrashPoint } from '@coffer/runtime/crash-point'
import { waitFor } from '@coffer/testkit/wait-for'
import type { CofferUnderTest } from './coffer-under-test.ts'

export type Deaths = Readonly<Partial<Record<AppName, readonly CrashPoint[]>>>

/** Waits until everybody has died as often as it must and lives again. */
export type AllDied = () => Promise<void>

/**
 * Has each app die at its crash points, one after the other: whoever comes next takes up what was
 * left half done, and dies at the next point. The last one lives. Meanwhile somebody must give them
 * something to do.
 */
export async function dieInTurn(under: CofferUnderTest, deaths: Deaths): Promise<AllDied> {
  const { coffer } = under
  const left = new Map(Object.entries(deaths).map(([app, points]) => [app, [...points]]))
  const die = async (app: AppName, points: CrashPoint[]) => {
    for (const point of [...points]) {
      const env = { NODE_ENV: 'test', CRASH_AT: `${point}:1` }
      const victim = await coffer.startApp(app, { env, awaitHealth: false })
      const { signal, code } = await victim.exited()
      if (signal !== 'SIGKILL') {
        throw new Error(`Expected ${app} to be killed at ${point}; it ended with ${code}.`)
      }
      points.shift()
    }
    await coffer.startApp(app)
    left.delete(app)
  }
  await Promise.all([...left.keys()].map(async (app) => await coffer.apps.get(app)?.stop()))
  const problems: unknown[] = []
  for (const [app, points] of left) {
    void die(app as AppName, points).catch((error: unknown) => problems.push(error))
  }
  return async () => {
    const isOver = () => left.size === 0 || problems.length > 0
    await waitFor(isOver, { what: 'everybody to die', timeoutMs: 120_000 }).catch((cause) => {
      const waiting = [...left].map(([app, [next = 'its end']]) => `${app} for ${next}`)
      throw new Error(`Still alive, or not back: ${waiting.join(', ')}.`, { cause })
    })
    if (problems.length > 0) throw problems[0]
  }
}
