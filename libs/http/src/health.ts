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

/** What `/health` answers. */
export function healthAnswer({ live }: HealthProbes): { status: number; body: { status: string } } {
  return live()
    ? { status: 200, body: { status: 'alive' } }
    : { status: 503, body: { status: 'stuck' } }
}

/** What `/ready` answers, within 5 s whatever hangs. */
export async function readyAnswer({
  ready,
}: HealthProbes): Promise<{ status: number; body: ReadyReport }> {
  const timer = new AbortController()
  const tooLate = setTimeout(
    READY_MAX_MS,
    { ready: false, checks: { ready: `no answer within ${READY_MAX_MS} ms` } },
    { signal: timer.signal, ref: false },
  )
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

/** Media type of Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
