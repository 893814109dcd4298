import { cpuSeconds } from './cpu-seconds.ts'

/** Seconds of the processors' time in each process. */
type Cpu = Record<'scanner' | 'postgres' | 'node', number>
export type Measured = { seconds: number; cpu: Cpu }

/** What `scan` takes of time, and of the processors' time in each process. */
export async function measured(
  pids: Record<'postgres' | 'node', number>,
  scan: () => Promise<number>,
): Promise<Measured> {
  const now = (): Cpu => {
    const { user, system } = process.cpuUsage()
    const of = (pid: number) => cpuSeconds(pid) ?? Number.NaN
    return { scanner: (user + system) / 1e6, postgres: of(pids.postgres), node: of(pids.node) }
  }
  const before = now()
  const seconds = await scan()
  const after = now()
  const taken = (name: keyof Cpu) => after[name] - before[name]
  const cpu = { scanner: taken('scanner'), postgres: taken('postgres'), node: taken('node') }
  return { seconds, cpu }
}

/** Milliseconds a block; `null` of what can't be told on this machine. */
export function cpuPerBlock(
  scans: readonly Measured[],
  blocks: number,
): Record<string, number | null> {
  const names = ['scanner', 'postgres', 'node'] as const
  return Object.fromEntries(
    names.map((name) => {
      const seconds = median(scans.map(({ cpu }) => cpu[name]))
      return [name, Number.isNaN(seconds) ? null : hundredths((seconds * 1_000) / blocks)]
    }),
  )
}

export const secondsOf = ({ seconds }: Measured) => seconds

export const hundredths = (value: number) => Math.round(value * 100) / 100

export const rate = (blocks: number, seconds = 1) => `${Math.round(blocks / seconds)} blocks/s`

export const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
