import type { RunProgram } from './run-program.ts'

/** The oldest Java that Kafka 4 runs on. */
const JAVA_MAJOR_MIN = 17

/** `docker info` hangs while an engine is starting; then we do without it. */
const DOCKER_MS = 5_000

/** Whether `java` is there and new enough for Kafka. */
export async function hasJava(run: RunProgram): Promise<boolean> {
  const result = await run('java', ['-version'])
  if (result === 'missing' || result.code !== 0) return false
  return javaMajor(result.output) >= JAVA_MAJOR_MIN
}

export const hasMaven = (run: RunProgram): Promise<boolean> => succeeds(run, 'mvn', ['--version'])

/** Whether a Docker engine answers; the client alone is no use. */
export const hasDocker = (run: RunProgram): Promise<boolean> =>
  succeeds(run, 'docker', ['info'], DOCKER_MS)

/** The first of `names` that is on PATH. */
export async function firstProgram(
  run: RunProgram,
  names: readonly string[],
): Promise<string | undefined> {
  for (const name of names) if (await succeeds(run, name, ['--version'])) return name
  return undefined
}

/** Reads `java -version`: 17 of `"17.0.15"`, 8 of `"1.8.0_292"`, 0 of anything else. */
export function javaMajor(output: string): number {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output) ?? []
  return Number((first === '1' ? second : first) ?? 0)
}

async function succeeds(
  run: RunProgram,
  command: string,
  args: readonly string[],
  timeoutMs?: number,
): Promise<boolean> {
  const result = await run(command, args, timeoutMs === undefined ? {} : { timeoutMs })
  return result !== 'missing' && result.code === 0
}
