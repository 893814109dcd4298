import { setTimeout } from 'node:timers/promises'

/** Whether a process can do its work now, and what each of its checks said. */
export type ReadyReport = { ready: boolean; checks: Record<string, string> }

/** What a process tells about itself. */
export type HealthProbes = {
  /** `false` once the process is stuck for good and should be started again. */
  live: () => boolean
  /** May ask the outside world. One that throws or takes over 5 s counts as not ready. */
  ready: () => Promise<ReadyReport>
  /** All metrics in the text format of Prometheus. */
  metrics: () => Promise<string>
}

const READY_MAX_MS = 5_000
const PARTS = 10

/** What `/health` answers. */
export function healthAnswer({ live }: HealthProbes): { status: number; body: { status: string } } {
  return live()
    ? { status: 200, body: { status: 'alive' } }
    : { status: 503, body: { status: 'stuck' } }
}

/** What `/ready` answers, within `maxMs` whatever hangs. */
export async function readyAnswer(
  { ready }: HealthProbes,
  maxMs = READY_MAX_MS,
): Promise<{ status: number; body: ReadyReport }> {
  const timer = new AbortController()
  const tooLate = answerTooLate(maxMs, timer.signal)
  // The timer is cancelled on purpose once the checks have answered.
  tooLate.catch(() => undefined)
  try {
    const body = await Promise.race([ready(), tooLate])
    return { status: body.ready ? 200 : 503, body }
  } catch {
    // The cause may name hosts and passwords: it belongs in the log of whoever checks.
    return { status: 503, body: { ready: false, checks: { ready: 'a check failed' } } }
  } finally {
    timer.abort()
  }
}

/** Of a process that was at work meanwhile only a part counts: what came then is read before. */
async function answerTooLate(maxMs: number, signal: AbortSignal): Promise<ReadyReport> {
  for (let part = 0; part < PARTS; part += 1) {
    await setTimeout(maxMs / PARTS, undefined, { signal, ref: false })
  }
  return { ready: false, checks: { ready: `no answer within ${maxMs} ms` } }
}

/** Media type of Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
