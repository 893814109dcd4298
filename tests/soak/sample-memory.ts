import type { Coffer } from '@coffer/cli/start-coffer'
import type { MemorySample } from './memory-slope.ts'

/** What the processes held, by the name of each. */
export type MemorySamples = {
  rss: Map<string, MemorySample[]>
  heap: Map<string, MemorySample[]>
}

const MB = 1024 * 1024

/** Notes what each process holds, by its own metrics. One that doesn't answer is left out. */
export async function sampleMemory(
  { apps, healthUrl }: Pick<Coffer, 'apps' | 'healthUrl'>,
  { samples, atMs }: { samples: MemorySamples; atMs: number },
): Promise<void> {
  await Promise.all(
    [...apps.keys()].map(async (name) => {
      const pid = apps.get(name)?.pid()
      const text = await metricsAt(healthUrl(name))
      const rss = gauge(text, 'process_resident_memory_bytes')
      const heap = gauge(text, 'nodejs_heap_size_used_bytes')
      if (pid === undefined || pid !== apps.get(name)?.pid()) return
      if (rss === undefined || heap === undefined) return
      note(samples.rss, name, { atMs, pid, mb: rss / MB })
      note(samples.heap, name, { atMs, pid, mb: heap / MB })
    }),
  )
}

/** The metrics of a process; none while it is away. */
async function metricsAt(url: string): Promise<string> {
  const signal = AbortSignal.timeout(5_000)
  const answer = await fetch(`${url}/metrics`, { signal }).catch(() => undefined)
  return (await answer?.text().catch(() => '')) ?? ''
}

/** The sum of a metric's samples, whatever their labels. */
function gauge(text: string, name: string): number | undefined {
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(name) && /^[{ ]/.test(line.slice(name.length)))
  if (lines.length === 0) return undefined
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}

function note(samples: Map<string, MemorySample[]>, name: string, sample: MemorySample): void {
  const own = samples.get(name) ?? []
  samples.set(name, own)
  own.push(sample)
}
