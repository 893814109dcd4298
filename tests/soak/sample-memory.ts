import { collectGarbage } from './collect-garbage.ts'
import type { MemorySample } from './memory-slope.ts'
import type { SoakedCoffer } from './soaked-coffer.ts'

/** What the processes held, by the name of each. */
export type MemorySamples = {
  /** Memory of the machine. Some of it is free: V8 and malloc give back what they like. */
  rss: Map<string, MemorySample[]>
  /** What is in use: objects, and buffers outside of V8's heap. */
  live: Map<string, MemorySample[]>
}

const MB = 1024 * 1024

/**
 * Notes what each process holds when it has thrown away its garbage, by its own metrics. One that
 * doesn't answer is left out.
 */
export async function sampleMemory(
  { coffer: { apps, healthUrl }, inspectors }: Pick<SoakedCoffer, 'coffer' | 'inspectors'>,
  { samples, atMs }: { samples: MemorySamples; atMs: number },
): Promise<void> {
  await Promise.all(
    [...inspectors].map(async ([name, port]) => {
      const pid = apps.get(name)?.pid()
      if (!(await collectGarbage(port))) return
      const text = await metricsAt(healthUrl(name))
      const rss = gauge(text, 'process_resident_memory_bytes')
      const heap = gauge(text, 'nodejs_heap_size_used_bytes')
      const external = gauge(text, 'nodejs_external_memory_bytes')
      if (pid === undefined || pid !== apps.get(name)?.pid()) return
      if (rss === undefined || heap === undefined || external === undefined) return
      note(samples.rss, name, { atMs, pid, mb: rss / MB })
      note(samples.live, name, { atMs, pid, mb: (heap + external) / MB })
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
